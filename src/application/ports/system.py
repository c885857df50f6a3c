"""Time, chance and names, given from outside so that the rest is deterministic."""

from typing import Protocol

from turnout.domain.shared.ids import RequestId


class Clock(Protocol):
    """Tells the time."""

    def monotonic_seconds(self) -> float:
        """Return seconds that never go back, from an arbitrary start: for durations."""
        ...

    def epoch_seconds(self) -> float:
        """Return seconds since 1970-01-01 UTC: for people and for other machines."""
        ...


class Dice(Protocol):
    """Rolls."""

    def roll(self) -> float:
        """Return a number in [0, 1)."""
        ...


class IdSource(Protocol):
    """Names requests."""

    def next_request(self) -> RequestId:
        """Return a name that has not been given before."""
        ...
