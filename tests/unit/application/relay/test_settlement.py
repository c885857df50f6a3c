from tests.fakes.clients import FakeLedger
from tests.fakes.system import FrozenClock
from tests.support.gateways import deployment

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.application.relay.attempt import Attempt
from turnout.application.relay.health_board import HealthBoard
from turnout.application.relay.settlement import RequestTag, Settlement
from turnout.application.relay.traffic import Traffic
from turnout.domain.governance.grant import ANONYMOUS
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.routing.route_plan import PlannedTarget
from turnout.domain.shared.ids import RequestId

TAG = RequestTag(RequestId("req_1"), "default", ANONYMOUS)
TARGET = PlannedTarget(deployment("a"), 0, "a")


def settled(attempt: Attempt, clock: FrozenClock) -> tuple[FakeLedger, HealthBoard]:
    ledger, board = FakeLedger(), HealthBoard()
    traffic = Traffic()
    assert traffic.gate(TARGET.deployment.provider).enter()
    settlement = Settlement(clock, board, ledger, traffic)
    settlement.settle(TAG, attempt)
    settlement.settle(TAG, attempt)
    assert traffic.gate(TARGET.deployment.provider).limit.in_flight == 0
    return ledger, board


def test_an_attempt_is_settled_once_with_its_times() -> None:
    clock = FrozenClock()
    attempt = Attempt(TARGET, 1, clock.monotonic, first_token_seconds=clock.monotonic + 0.5)
    attempt.completed()
    clock.move(2)
    ledger, board = settled(attempt, clock)
    (record,) = ledger.records
    assert (record.seconds, record.first_token_seconds) == (2, 0.5)
    assert record.outcome is AttemptOutcome.COMPLETED
    assert (board.of(TARGET.id).window.calls, board.of(TARGET.id).window.failures) == (1, 0)


def test_a_failure_is_written_with_kind_and_status() -> None:
    attempt = Attempt(TARGET, 2, 1000)
    attempt.failed(ProviderFailure(FailureKind.OVERLOADED, "busy", status=503))
    ledger, board = settled(attempt, FrozenClock())
    (record,) = ledger.records
    assert (record.outcome, record.failure, record.status) == (
        AttemptOutcome.FAILED,
        FailureKind.OVERLOADED,
        503,
    )
    assert (board.of(TARGET.id).window.calls, board.of(TARGET.id).window.failures) == (1, 1)


def test_an_abandoned_attempt_says_nothing_of_health() -> None:
    ledger, board = settled(Attempt(TARGET, 1, 1000), FrozenClock())
    assert ledger.records[0].outcome is AttemptOutcome.ABANDONED
    assert board.of(TARGET.id).window.calls == 0


def test_an_attempt_that_was_outrun_hurts_nobody_but_is_known_to_be_slow() -> None:
    attempt, clock = Attempt(TARGET, 1, 1000), FrozenClock()
    attempt.outrun()
    attempt.failed(ProviderFailure(FailureKind.TRANSPORT, "broken off"))
    ledger, board = settled(attempt, clock)
    assert ledger.records[0].outcome is AttemptOutcome.HEDGED
    assert ledger.records[0].failure is None
    assert board.of(TARGET.id).window.calls == 0
