from tests.support.gateways import deployment

from turnout.application.relay.load_board import MOST_LOADS, LoadBoard
from turnout.domain.shared.ids import DeploymentId


def test_a_target_has_one_load() -> None:
    board = LoadBoard()
    one, other = deployment("a").id, deployment("b").id
    assert board.of(one) is board.of(one)
    assert board.of(one) is not board.of(other)


def test_of_targets_beyond_number_only_the_busy_are_remembered() -> None:
    board = LoadBoard()
    busy = board.of(deployment("busy").id)
    busy.begin()
    idle = board.of(deployment("idle").id)
    for number in range(MOST_LOADS):
        board.of(DeploymentId(f"p/{number}"))
    assert board.of(deployment("busy").id) is busy
    assert board.of(deployment("idle").id) is not idle
