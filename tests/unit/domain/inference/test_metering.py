"""What is told of a limit is a value."""

from turnout.domain.inference.metering import Remaining


def test_remaining_can_be_compared() -> None:
    assert Remaining(3, 2, 20.0) == Remaining(3, 2, 20.0)
