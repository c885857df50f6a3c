"""When a deployment's circuit opens, and for how long."""

from dataclasses import dataclass

from turnout.domain.shared.bounds import at_least, positive, share
from turnout.domain.shared.errors import DomainError


@dataclass(frozen=True, slots=True)
class CircuitLimits:
    """When to open, and for how long: the wait doubles with each opening in a row, up to a cap.

    A circuit opens after `strikes_to_open` failures in a row, or when of the calls in the last
    `window_seconds`, `least_calls` or more, a share of `error_rate_to_open` failed, or a share of
    `slow_rate_to_open` took longer than `slow_seconds`; None means that no call counts as slow.
    Raises DomainError `circuit.*`.
    """

    strikes_to_open: int = 5
    error_rate_to_open: float = 0.5
    slow_seconds: float | None = None
    slow_rate_to_open: float = 0.8
    least_calls: int = 20
    window_seconds: float = 60.0
    open_seconds: float = 10.0
    open_seconds_cap: float = 300.0

    def __post_init__(self) -> None:
        at_least("circuit", 1, strikes_to_open=self.strikes_to_open, least_calls=self.least_calls)
        share(
            "circuit",
            error_rate_to_open=self.error_rate_to_open,
            slow_rate_to_open=self.slow_rate_to_open,
        )
        positive(
            "circuit",
            slow_seconds=self.slow_seconds,
            window_seconds=self.window_seconds,
            open_seconds=self.open_seconds,
            open_seconds_cap=self.open_seconds_cap,
        )
        if self.open_seconds_cap < self.open_seconds:
            raise DomainError(
                "circuit.cap",
                f"circuit open_seconds_cap is {self.open_seconds_cap}: expected "
                f"{self.open_seconds} (open_seconds) or more",
            )

    def wait_seconds(self, openings: int) -> float:
        """Return how long the `openings`-th opening in a row lasts (counted from 1)."""
        return min(self.open_seconds_cap, self.open_seconds * 2.0 ** min(openings - 1, 32))
