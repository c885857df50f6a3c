"""How fast an error budget is spent, seen through two windows at once.

The rule is that of Google's Site Reliability Workbook, chapter 5, "Alerting on SLOs" (multiwindow,
multi-burn-rate alerts): a budget burns too fast if it does so over a long window, which keeps
blips out, and over a short one too, which ends the alert soon after the trouble has ended. Its
usual pairs spend 2 % of a month's budget in an hour, and 5 % in six hours.
"""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.domain.shared.bounds import at_least, positive
from turnout.domain.shared.errors import DomainError


@dataclass(frozen=True, slots=True)
class Calls:
    """How many calls there were, and how many of them were the provider's failures."""

    calls: int = 0
    failed: int = 0

    def __add__(self, other: "Calls") -> "Calls":
        """Return both together."""
        return Calls(self.calls + other.calls, self.failed + other.failed)

    @property
    def error_share(self) -> float:
        """Return the share of failures, 0 of no calls."""
        return self.failed / self.calls if self.calls else 0.0


@dataclass(frozen=True, slots=True)
class BurnWindow:
    """A pair of windows, and how many times faster than borne the budget may be spent.

    Raises DomainError `alert.not_positive` or `alert.windows`.
    """

    short_seconds: float
    long_seconds: float
    factor: float

    def __post_init__(self) -> None:
        positive("alert", short_seconds=self.short_seconds, factor=self.factor)
        if not self.short_seconds < self.long_seconds:
            raise DomainError(
                "alert.windows",
                f"alert long_seconds is {self.long_seconds:g}: expected more than short_seconds, "
                f"{self.short_seconds:g}",
            )


USUAL_WINDOWS = (BurnWindow(300.0, 3_600.0, 14.4), BurnWindow(1_800.0, 21_600.0, 6.0))


@dataclass(frozen=True, slots=True)
class BurnRules:
    """What share of calls is to succeed, and through which windows that is looked at.

    Where the long window has fewer than `least_calls`, nothing can be said. Raises DomainError
    `alert.objective` or `alert.too_small`.
    """

    objective: float = 0.999
    least_calls: int = 50
    windows: tuple[BurnWindow, ...] = USUAL_WINDOWS

    def __post_init__(self) -> None:
        at_least("alert", 1, least_calls=self.least_calls)
        if not 0 < self.objective < 1:
            raise DomainError(
                "alert.objective",
                f"alert objective is {self.objective:g}: expected more than 0 and less than 1",
            )

    def rate(self, calls: Calls) -> float:
        """Return how many times faster than borne the budget was spent; 1 just uses it up."""
        return calls.error_share / (1.0 - self.objective)

    def burning(self, within: Callable[[float], Calls]) -> tuple[BurnWindow, float] | None:
        """Return the first pair of windows that both burn too fast, and the long one's rate.

        `within` tells the calls of the last so many seconds.
        """
        for window in self.windows:
            long = within(window.long_seconds)
            if long.calls < self.least_calls or self.rate(long) < window.factor:
                continue
            if self.rate(within(window.short_seconds)) >= window.factor:
                return window, self.rate(long)
        return None
