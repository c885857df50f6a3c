from tests.support.gateways import deployment

from turnout.application.relay.load_board import LoadBoard


def test_a_target_has_one_load() -> None:
    board = LoadBoard()
    one, other = deployment("a").id, deployment("b").id
    assert board.of(one) is board.of(one)
    assert board.of(one) is not board.of(other)
