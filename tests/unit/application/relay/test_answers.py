from turnout.application.relay.answers import NoTargetFits, RelayFailed, UnknownModel
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.routing.route_plan import RoutePlan
from turnout.domain.shared.ids import RequestId

REQUEST = RequestId("r-1")


def test_an_unknown_model_is_told_with_near_names() -> None:
    error = UnknownModel(REQUEST, "gtp-4", ("gpt-4", "gpt-5"))
    assert error.message == "The model 'gtp-4' does not exist. Did you mean gpt-4, gpt-5?"


def test_an_unknown_model_without_near_names_is_told_without_them() -> None:
    assert UnknownModel(REQUEST, "x", ()).message == "The model 'x' does not exist."


def test_a_plan_without_targets_says_so() -> None:
    error = NoTargetFits(REQUEST, RoutePlan(route="default", targets=(), drops=()))
    assert error.message == "No target of 'default' can serve this request: it has no target"
    assert error.request_id == REQUEST


def test_the_last_failure_is_what_the_caller_is_told() -> None:
    first = ProviderFailure(FailureKind.OVERLOADED, "busy")
    last = ProviderFailure(FailureKind.RATE_LIMITED, "slow down")
    error = RelayFailed(REQUEST, "default", (first, last), ("a/m", "b/m"))
    assert (str(error), error.failures) == ("slow down", (first, last))
