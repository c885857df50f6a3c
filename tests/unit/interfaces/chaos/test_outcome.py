from turnout.interfaces.chaos.outcome import HONEST, Ending


def test_what_no_gateway_may_do_is_not_honest() -> None:
    dishonest = set(Ending) - HONEST
    assert dishonest == {Ending.CUT, Ending.TRUNCATED, Ending.UNEXPLAINED, Ending.LOST}
