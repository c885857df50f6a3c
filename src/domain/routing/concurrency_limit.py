"""ConcurrencyLimit: how many requests one provider bears at once, as far as it has shown.

Additive increase, multiplicative decrease, as TCP finds the room in a network (Jacobson,
"Congestion Avoidance and Control", 1988), with the rise of latency above the usual as an early
sign of a queue, as in Netflix's concurrency-limits (Gradient2Limit). The steps of the increase grow
with the calm since the last cut, as in CUBIC (RFC 9438): near what was too much they are small. As
in TCP, what set out before a cut proves nothing of the limit after it.
"""

from dataclasses import dataclass, field
from math import inf
from sys import maxsize

from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.shared.errors import DomainError

FLOOR = 4
"""No limit is learnt below this: a provider that bears less than a few is not merely full."""
CUT = 0.7
"""What is left of the requests in flight when there are too many of them."""
REFUSALS = 1 / 8
"""The share of refused requests that is too high: one in a hundred is no sign of a crowd."""
_REFUSAL_SHARE = 1 / 32
"""What the latest request counts in that share."""
STRAIN = 3.0
"""How many times the usual wait for a first token is too slow."""
_NEW_SHARE = 1 / 8
"""What the latest one counts in other running means."""
_STEP = 0.25
_HASTE = 8.0
"""A round adds a step, and the square of the calm rounds before it, counted by so many."""
_IN_USE = 0.5
"""A limit of which less is used is not being tried, and does not grow (as in Gradient2Limit)."""
FORGOTTEN_SECONDS = 300.0
"""A limit that was not confirmed for so long, and is not needed, is forgotten."""
LONGEST_ADVICE_SECONDS = 60.0


@dataclass(slots=True)
class ConcurrencyLimit:
    """Counts what is in flight at one provider, and learns how much may be.

    Moments are seconds of a monotonic clock that the application gives.
    """

    rules: ConcurrencyRules
    in_flight: int = field(default=0, init=False)
    was_rate_limited: bool = field(default=False, init=False)
    """Whether the provider itself said that it is asked too often, when the limit was last cut."""
    _learnt: float = field(default=inf, init=False)
    bound: int = field(default=maxsize, init=False)
    """How many may be in flight now; `maxsize` where nothing limits them."""
    _cut_seconds: float = field(default=-inf, init=False)
    _refusals: float = field(default=0.0, init=False)
    _strain: float = field(default=1.0, init=False)
    _calm: float = field(default=0.0, init=False)  # rounds since the last cut
    _held_seconds: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._settle()

    @property
    def most(self) -> int | None:
        """How many may be in flight now, None where nothing limits them."""
        return None if self.bound == maxsize else self.bound

    @property
    def has_room(self) -> bool:
        """Whether one more request may go there now."""
        return self.in_flight < self.bound

    def revise(self, rules: ConcurrencyRules) -> None:
        """Take new rules; what is in flight stays."""
        self.rules = rules
        self._settle()

    def enter(self) -> None:
        """Take a place. Raises DomainError `concurrency.full`."""
        if self.in_flight >= self.bound:
            raise DomainError("concurrency.full", f"{self.in_flight} requests are in flight")
        self.in_flight += 1

    def leave(self, held_seconds: float | None) -> None:
        """Give a place back after so long, None where it was not used.

        Raises DomainError `concurrency.empty`.
        """
        if self.in_flight == 0:
            raise DomainError("concurrency.empty", "no request is in flight")
        self.in_flight -= 1
        if held_seconds is not None and self.bound < maxsize:
            self._held_seconds += (held_seconds - self._held_seconds) * _NEW_SHARE

    def refused(self, began_seconds: float, now_seconds: float, *, rate_limited: bool) -> None:
        """The provider, asked at `began_seconds`, was too busy to answer, or did not in time."""
        if began_seconds < self._cut_seconds:
            return
        self._refusals += (1.0 - self._refusals) * _REFUSAL_SHARE
        if self._refusals > REFUSALS:
            self._cut(now_seconds, rate_limited)

    def answered(self, began_seconds: float, now_seconds: float, strain: float | None) -> None:
        """The provider, asked at `began_seconds`, answers: the request is still in flight.

        `strain` is the wait for the first token as a multiple of the usual one, where it is known.
        """
        if began_seconds < self._cut_seconds:
            return
        if self._refusals:
            self._refusals -= self._refusals * _REFUSAL_SHARE
        if strain is not None:
            self._strain += (strain - self._strain) * _NEW_SHARE
        if self._strain > STRAIN:
            self._cut(now_seconds, rate_limited=False)
        elif self._learnt < inf:
            self._grow(now_seconds)

    def seconds_until_room(self, ahead: int) -> float:
        """Return about when a place is free that `ahead` others do not take (by Little's law)."""
        seconds = (ahead + 1) * self._held_seconds / max(1, self.bound)
        return min(max(1.0, seconds), LONGEST_ADVICE_SECONDS)

    def _cut(self, now_seconds: float, rate_limited: bool) -> None:
        if self.in_flight <= FLOOR or not self.rules.adaptive:
            return
        self._learnt = max(float(FLOOR), min(self._learnt, self.in_flight) * CUT)
        self._cut_seconds = now_seconds
        self._refusals, self._strain, self._calm = 0.0, 1.0, 0.0
        self.was_rate_limited = rate_limited
        self._settle()

    def _grow(self, now_seconds: float) -> None:
        if self.in_flight >= self._learnt * _IN_USE:
            self._calm += 1 / self._learnt
            self._learnt += (_STEP + (self._calm / _HASTE) ** 2) / self._learnt
        elif now_seconds - self._cut_seconds > FORGOTTEN_SECONDS:
            self._learnt = inf
        self._settle()

    def _settle(self) -> None:
        if not self.rules.adaptive:
            self._learnt = inf
        learnt = maxsize if self._learnt == inf else int(self._learnt)
        self.bound = min(learnt, maxsize if self.rules.most is None else self.rules.most)
