"""Limits of how often and how much may be asked: pure, every `now` in seconds of one clock.

Source: the generic cell rate algorithm (GCRA) of ITU-T I.371, as a virtual scheduling algorithm.
"""

from dataclasses import dataclass, fields

from turnout.domain.shared.bounds import at_least

PERIOD_SECONDS = 60.0
"""Limits are told per minute, and a minute's worth may come at once."""


@dataclass(frozen=True, slots=True)
class RateLimits:
    """What one key, team, model or route may ask for; None is no limit.

    Raises DomainError `limits.too_small`.
    """

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    concurrent_requests: int | None = None

    def __post_init__(self) -> None:
        at_least("limits", 1, **{each.name: getattr(self, each.name) for each in fields(self)})

    def __bool__(self) -> bool:
        """Tell whether anything is limited."""
        return self != UNLIMITED


UNLIMITED = RateLimits()


@dataclass(slots=True)
class Gcra:
    """A rate in two numbers: `limit` units a minute, and when all of them will be free again.

    After a rest `limit` units may be taken at once; then they come back evenly. So within any
    `t` seconds at most `limit * (1 + t / 60)` are taken, and half a unit.
    """

    limit: int
    free_at_seconds: float = 0.0

    def reserved(self, units: int) -> int:
        """Return how many of `units` are taken at once: what exceeds a minute's worth waits until
        it is known to be needed."""
        return min(units, self.limit)

    def wait_seconds(self, units: int, now: float) -> float:
        """Return in how many seconds `units` may be taken, 0 for now."""
        interval = PERIOD_SECONDS / self.limit
        taken = max(self.free_at_seconds, now) - now + self.reserved(units) * interval
        # Half a unit is for what floating point has lost: a whole one more is never let through.
        wait = taken - PERIOD_SECONDS
        return wait if wait > interval / 2 else 0.0

    def take(self, units: int, now: float) -> None:
        """Take `units` whether they are free or not; less than 0 gives back."""
        interval = PERIOD_SECONDS / self.limit
        self.free_at_seconds = max(self.free_at_seconds, now) + units * interval

    def left(self, now: float) -> int:
        """Return how many units may be taken now."""
        interval = PERIOD_SECONDS / self.limit
        free = PERIOD_SECONDS - (max(self.free_at_seconds, now) - now)
        return max(0, int(free / interval + 0.5))

    def reset_seconds(self, now: float) -> float:
        """Return in how many seconds all of them are free."""
        return max(0.0, self.free_at_seconds - now)
