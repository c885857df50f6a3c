from turnout.application.relay.health_board import MOST_EVENTS, HealthBoard
from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.health.events import CircuitOpened
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.shared.ids import DeploymentId

A, B = DeploymentId("a/m"), DeploymentId("b/m")
BROKEN = ProviderFailure(FailureKind.TRANSPORT, "reset")


def test_a_record_is_begun_once() -> None:
    board = HealthBoard()
    first = board.of(A)
    assert board.of(A) is first
    assert board.all() == (first,)


def test_a_record_goes_by_the_limits_of_its_deployment() -> None:
    board = HealthBoard()
    strict, mild = CircuitLimits(strikes_to_open=1), CircuitLimits(strikes_to_open=9)
    board.heed({A: strict})
    assert board.of(A).limits is strict
    assert board.of(B).limits == CircuitLimits()
    board.heed({A: mild, B: strict})
    assert (board.of(A).limits, board.of(B).limits) == (mild, strict)


def test_a_record_whose_deployment_is_gone_is_forgotten() -> None:
    board = HealthBoard()
    kept = board.of(A)
    board.of(B)
    board.heed({A: CircuitLimits()})
    assert board.all() == (kept,)


def test_events_are_handed_over_once_and_in_order() -> None:
    board = HealthBoard()
    board.heed({A: CircuitLimits(strikes_to_open=1), B: CircuitLimits(strikes_to_open=1)})
    for deployment in (A, B):
        record = board.of(deployment)
        record.failed(BROKEN, 0, 0.1)
        board.note(record)
    events = board.take_events()
    assert [type(event) for event in events] == [CircuitOpened, CircuitOpened]
    assert [event.deployment for event in events if isinstance(event, CircuitOpened)] == [A, B]
    assert board.take_events() == ()


def test_events_that_nobody_takes_do_not_pile_up() -> None:
    board = HealthBoard()
    record = board.of(A)
    for now in range(MOST_EVENTS):
        for _ in range(3):
            record.probe_failed(now)
        record.probe_succeeded(now)
        board.note(record)
    assert len(board.take_events()) == MOST_EVENTS


def test_who_wants_to_hear_of_events_is_told_when_there_are_any() -> None:
    board, told = HealthBoard(), list[int]()
    board.heard = lambda: told.append(1)
    record = board.of(A)
    board.note(record)
    assert told == []
    for now in range(3):
        record.probe_failed(now)
    board.note(record)
    assert told == [1]
