from turnout.infrastructure.system.dice import SeededDice, SystemDice


def test_rolls_are_within_their_bounds_and_differ() -> None:
    rolls = {SystemDice().roll() for _ in range(100)}
    assert all(0 <= roll < 1 for roll in rolls)
    assert len(rolls) > 90


def test_seeded_dice_roll_the_same_after_the_same_seed() -> None:
    first, second, other = (SeededDice(seed) for seed in ("1", "1", "2"))
    rolls = [first.roll() for _ in range(10)]
    assert [second.roll() for _ in range(10)] == rolls
    assert [other.roll() for _ in range(10)] != rolls
