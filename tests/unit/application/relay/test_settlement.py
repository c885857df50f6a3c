import pytest
from tests.fakes.clients import FakeLedger
from tests.fakes.system import FrozenClock
from tests.support.gateways import deployment

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.application.relay.attempt import Attempt
from turnout.application.relay.health_board import HealthBoard
from turnout.application.relay.load_board import LoadBoard
from turnout.application.relay.settlement import RequestTag, Settlement
from turnout.application.relay.traffic import Traffic
from turnout.domain.governance.grant import ANONYMOUS
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.routing.headroom import Bucket, Headroom
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


def test_loads_learn_of_every_end() -> None:
    clock, loads, traffic = FrozenClock(), LoadBoard(), Traffic()
    settlement = Settlement(clock, HealthBoard(), FakeLedger(), traffic, loads)
    load = loads.of(TARGET.id)

    def attempt(streamed: bool) -> Attempt:
        assert traffic.gate(TARGET.deployment.provider).enter()
        load.begin()
        return Attempt(TARGET, 1, clock.monotonic, streamed)

    stream, whole, abandoned, failing = (
        attempt(True),
        attempt(False),
        attempt(False),
        attempt(False),
    )
    clock.move(0.5)
    stream.first_token_seconds = clock.monotonic
    settlement.begun(stream, clock.monotonic)
    assert load.slowness(clock.monotonic, streamed=True) == 0.5 * 5
    clock.move(1.5)
    for done in (stream, whole):
        done.completed()
        settlement.settle(TAG, done)
    settlement.settle(TAG, abandoned)
    assert (load.in_flight, load.whole.at(clock.monotonic)) == (1, 2.0)
    failing.failed(ProviderFailure(FailureKind.OVERLOADED, "busy"))
    settlement.settle(TAG, failing)
    assert (load.in_flight, load.failures(clock.monotonic)) == (0, 1.0)


def test_what_is_left_of_a_limit_is_heard_with_the_head_of_a_stream_or_a_whole_answer() -> None:
    clock, loads, traffic = FrozenClock(), LoadBoard(), Traffic()
    settlement = Settlement(clock, HealthBoard(), FakeLedger(), traffic, loads)
    load = loads.of(TARGET.id)
    stream = Attempt(TARGET, 1, clock.monotonic, streamed=True)
    stream.headroom = lambda _: Headroom(requests=Bucket(100, 40, 60))
    settlement.begun(stream, clock.monotonic)
    assert load.room(clock.monotonic, 0) == pytest.approx(0.4)
    whole = Attempt(TARGET, 1, clock.monotonic)
    assert traffic.gate(TARGET.deployment.provider).enter()
    whole.headroom = lambda _: Headroom(requests=Bucket(100, 30, 60))
    load.begin()
    whole.completed()
    settlement.settle(TAG, whole)
    assert load.room(clock.monotonic, 0) == pytest.approx(0.3)
