"""Every error has its status and OpenAI's shape."""

import json

import pytest

from turnout.application.relay.answers import (
    NoTargetFits,
    RelayFailed,
    RescueDiverged,
    UnknownModel,
)
from turnout.domain.governance.grant import AccessDenied, AccessUnknown
from turnout.domain.inference.failure import FailureKind, InvalidRequest, ProviderFailure
from turnout.domain.routing.route_plan import Drop, RoutePlan
from turnout.domain.shared.ids import RequestId
from turnout.interfaces.relay.openai import failures
from turnout.interfaces.relay.openai.failures import Refused, refusal_of
from turnout.interfaces.relay.openai.refusal import Refusal
from turnout.interfaces.relay.rsgi.body import BodyCut, BodyTooLarge
from turnout.interfaces.relay.rsgi.in_flight import Interruption

ID = RequestId("req_1")

STATUSES = {
    FailureKind.RATE_LIMITED: 429,
    FailureKind.QUOTA_EXHAUSTED: 429,
    FailureKind.OVERLOADED: 503,
    FailureKind.TIMEOUT: 504,
    FailureKind.TRANSPORT: 502,
    FailureKind.MALFORMED: 502,
    FailureKind.AUTH: 502,
    FailureKind.MODEL_MISSING: 502,
    FailureKind.CONTEXT_TOO_LONG: 400,
    FailureKind.UNSUPPORTED: 400,
    FailureKind.BAD_REQUEST: 400,
    FailureKind.CONTENT_REFUSED: 400,
    FailureKind.STREAM_BROKEN: 502,
}


def told(error: Exception) -> Refusal:
    refusal = refusal_of(error)
    assert refusal is not None
    return refusal


@pytest.mark.parametrize("kind", FailureKind)
def test_every_kind_of_failure_is_told(kind: FailureKind) -> None:
    failure = ProviderFailure(kind, "in the provider's words", status=418)
    refusal = told(RelayFailed(ID, "default", (failure,), ("a/m",)))
    assert refusal.status == STATUSES[kind]
    assert refusal == told(failure)
    error = json.loads(refusal.body())["error"]
    assert set(error) == {"message", "type", "param", "code"}
    hidden = kind in {FailureKind.AUTH, FailureKind.MODEL_MISSING}
    assert (error["message"] == "in the provider's words") is not hidden


def test_the_last_failure_decides() -> None:
    busy = ProviderFailure(FailureKind.OVERLOADED, "busy")
    limited = ProviderFailure(FailureKind.RATE_LIMITED, "slow down", retry_after_seconds=2.1)
    refusal = told(RelayFailed(ID, "default", (busy, limited), ("a/m", "b/m")))
    assert (refusal.status, refusal.code) == (429, "rate_limit_exceeded")
    assert refusal.headers == (("retry-after", "3"),)


def test_a_wait_is_told_only_where_it_helps() -> None:
    broken = ProviderFailure(FailureKind.TRANSPORT, "reset", retry_after_seconds=9.0)
    assert told(broken).headers == ()
    negative = ProviderFailure(FailureKind.OVERLOADED, "busy", retry_after_seconds=-5.0)
    assert told(negative).headers == (("retry-after", "0"),)


def test_a_rescue_that_came_out_differently_has_a_code_of_its_own() -> None:
    assert (told(RescueDiverged()).status, told(RescueDiverged()).code) == (502, "rescue_diverged")


def test_too_long_a_context_has_the_code_that_clients_look_for() -> None:
    refusal = told(ProviderFailure(FailureKind.CONTEXT_TOO_LONG, "too long"))
    assert refusal.code == "context_length_exceeded"


PLAN = RoutePlan("default", (), (Drop("a/m", 0, "capability", "a/m has no vision"),))


@pytest.mark.parametrize(
    ("error", "status", "code", "param"),
    [
        (InvalidRequest("bad", field="messages[0].role"), 400, None, "messages[0].role"),
        (InvalidRequest("bad"), 400, None, None),
        (UnknownModel(ID, "gpt-5", ("gpt-4",)), 404, "model_not_found", "model"),
        (NoTargetFits(ID, PLAN), 400, "no_target_fits", "model"),
        (AccessDenied("no"), 401, "invalid_api_key", None),
        (AccessUnknown("later"), 503, "access_unknown", None),
        (BodyTooLarge(10), 413, "request_too_large", None),
        (BodyCut(), 400, None, None),
        (RecursionError(), 400, None, None),
        (Refused(failures.unlisted_model("x")), 404, "model_not_found", "model"),
        (Refused(failures.unknown_path("GET", "/x")), 404, "unknown_url", None),
        (Refused(failures.wrong_method("GET", "/x", "POST")), 405, "method_not_allowed", None),
    ],
)
def test_our_own_refusals(
    error: Exception, status: int, code: str | None, param: str | None
) -> None:
    refusal = told(error)
    assert (refusal.status, refusal.code, refusal.param) == (status, code, param)
    assert refusal.message


def test_a_denied_caller_is_told_how_to_show_a_key() -> None:
    assert told(AccessDenied("no")).headers == (("www-authenticate", "Bearer"),)


def test_near_names_and_reasons_reach_the_caller() -> None:
    assert "gpt-4" in told(UnknownModel(ID, "gpt-5", ("gpt-4",))).message
    assert "has no vision" in told(NoTargetFits(ID, PLAN)).message


def test_when_no_provider_is_admitted_the_caller_may_come_back() -> None:
    busy = ProviderFailure(FailureKind.OVERLOADED, "busy")
    failed = RelayFailed(ID, "default", (busy,), ("a/m",))
    failed.last_resort, failed.unavailable_seconds = True, 7.2
    refusal = told(failed)
    assert (refusal.status, refusal.code) == (503, "no_provider_available")
    assert refusal.headers == (("retry-after", "8"),)


@pytest.mark.parametrize(
    ("kind", "asked_for", "waits"),
    [
        (FailureKind.OVERLOADED, None, [("retry-after", "8")]),
        (FailureKind.TIMEOUT, None, [("retry-after", "8")]),
        (FailureKind.OVERLOADED, 3.0, [("retry-after", "3")]),
        (FailureKind.BAD_REQUEST, None, []),
    ],
)
def test_who_fails_last_while_every_circuit_is_open_is_told_when_to_come_back(
    kind: FailureKind, asked_for: float | None, waits: list[tuple[str, str]]
) -> None:
    failure = ProviderFailure(kind, "its own words", retry_after_seconds=asked_for)
    failed = RelayFailed(ID, "default", (failure,), ("a/m",))
    failed.unavailable_seconds = 7.2
    refusal = told(failed)
    assert (refusal.message, list(refusal.headers)) == ("its own words", waits)


def test_nobody_is_told_to_come_back_at_once() -> None:
    failed = RelayFailed(ID, "default", (ProviderFailure(FailureKind.TIMEOUT, ""),), ("a/m",))
    failed.last_resort, failed.unavailable_seconds = True, 0.0
    assert told(failed).headers == (("retry-after", "1"),)


def test_a_plan_without_a_usable_provider_is_not_the_callers_fault() -> None:
    plan = RoutePlan("default", (), (Drop("a", 0, "provider_disabled", "a is disabled"),))
    refusal = told(NoTargetFits(ID, plan))
    assert (refusal.status, refusal.code) == (503, "no_provider_available")


def test_what_nobody_foresaw_is_not_told() -> None:
    assert refusal_of(ValueError("secret")) is None
    assert failures.INTERNAL_ERROR.status == 500


def test_inside_a_stream_an_error_is_an_event() -> None:
    event = Refusal(502, "cut", "server_error", "stream_broken").event()
    assert event.startswith(b'data: {"error":{"message":"cut"') and event.endswith(b"}}\n\n")


def test_interruptions_are_told_to_those_who_are_still_there() -> None:
    statuses = {why: failures.interruption_refusal(why) for why in Interruption}
    assert statuses[Interruption.CALLER_LEFT] is None
    slow, drained = statuses[Interruption.SLOW_BODY], statuses[Interruption.DRAINED]
    assert slow is not None and slow.status == 408
    assert drained is not None and drained.status == 503
    assert dict(drained.headers) == {"retry-after": "1"}
