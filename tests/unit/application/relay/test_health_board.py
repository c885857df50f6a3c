from turnout.application.relay.health_board import HealthBoard
from turnout.domain.shared.ids import DeploymentId


def test_a_record_is_begun_once() -> None:
    board = HealthBoard()
    first = board.of(DeploymentId("a/m"))
    assert board.of(DeploymentId("a/m")) is first
    assert board.all() == (first,)
