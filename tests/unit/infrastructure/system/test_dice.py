from turnout.infrastructure.system.dice import SystemDice


def test_rolls_are_within_their_bounds_and_differ() -> None:
    rolls = {SystemDice().roll() for _ in range(100)}
    assert all(0 <= roll < 1 for roll in rolls)
    assert len(rolls) > 90
