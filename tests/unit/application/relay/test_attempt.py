from tests.support.gateways import deployment

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.application.relay.attempt import Attempt
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.routing.route_plan import PlannedTarget


def an_attempt() -> Attempt:
    return Attempt(PlannedTarget(deployment("a"), 0, "a"), 1, 0.0)


def test_an_attempt_that_nobody_ended_was_abandoned() -> None:
    assert an_attempt().outcome is AttemptOutcome.ABANDONED


def test_a_whole_answer_completes_an_attempt() -> None:
    attempt = an_attempt()
    attempt.completed()
    assert (attempt.outcome, attempt.failure) == (AttemptOutcome.COMPLETED, None)


def test_a_failed_attempt_remembers_why() -> None:
    attempt = an_attempt()
    failure = ProviderFailure(FailureKind.TIMEOUT, "late")
    attempt.failed(failure)
    assert (attempt.outcome, attempt.failure) == (AttemptOutcome.FAILED, failure)
