"""Load: how busy, how quick and how near its limits a target is, as one worker sees it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import exp

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.routing.headroom import FULL, Headroom

SETTLING_SECONDS = 10.0
"""How long an average takes to follow, and a failure to fade (to a third of its weight)."""
FORGETTING_SECONDS = 60.0
"""How long an average that nothing renews takes to fade (to a third): slow targets come back."""
FAILURE_SECONDS = 30.0
"""A fresh failure makes a target this much slower in the eyes of a balancer: it may have come
quickly, but no answer did."""
FAILURE_PLACES = 10.0
"""A fresh failure keeps a target as busy as this many requests: who fails at once is not idle."""
_LIMITED = frozenset({FailureKind.RATE_LIMITED, FailureKind.QUOTA_EXHAUSTED})

HeadroomReader = Callable[[float], Headroom | None]
"""Reads what came `age_seconds` ago."""


@dataclass(slots=True)
class PeakEwma:
    """An average over time that jumps to every peak and comes down by and by.

    Source: Finagle's `p2c.PeakEwma`. `known` is whether anything has been seen.
    """

    known: bool = False
    _seconds: float = 0.0
    _seen: float = 0.0

    def see(self, seconds: float, now: float) -> None:
        """Take a latency in."""
        self._seconds = self._mixed(seconds, now)
        self._seen = now
        self.known = True

    def at(self, now: float) -> float:
        """Return the average, the lower the longer nothing was seen; 0 when nothing ever was."""
        if not self.known:
            return 0.0
        return self._seconds * exp(min(0.0, self._seen - now) / FORGETTING_SECONDS)

    def _mixed(self, seconds: float, now: float) -> float:
        if seconds >= self._seconds:
            return seconds
        kept = exp(min(0.0, self._seen - now) / SETTLING_SECONDS)
        return kept * self._seconds + (1.0 - kept) * seconds


@dataclass(slots=True)
class Load:
    """Every attempt is begun once and ends once. `now` is a moment of the monotonic clock."""

    in_flight: int = 0
    first_token: PeakEwma = field(default_factory=PeakEwma)
    whole: PeakEwma = field(default_factory=PeakEwma)
    _failures: float = field(default=0.0, init=False)
    _failed: float = field(default=0.0, init=False)
    _reader: HeadroomReader | None = field(default=None, init=False)
    _headroom: Headroom | None = field(default=None, init=False)
    _heard: float = field(default=0.0, init=False)

    def begin(self) -> None:
        """An attempt begins."""
        self.in_flight += 1

    def commit(self, seconds: float, now: float) -> None:
        """A streamed answer has begun, after this long."""
        self.first_token.see(seconds, now)

    def complete(self, seconds: float, now: float, *, streamed: bool) -> None:
        """An attempt ends with a complete answer, after this long."""
        self.in_flight -= 1
        if not streamed:
            self.whole.see(seconds, now)

    def fail(self, failure: ProviderFailure, now: float) -> None:
        """An attempt ends with a failure; what the caller did wrong tells nothing."""
        self.in_flight -= 1
        if failure.disposition.hurts_health or failure.kind in _LIMITED:
            self._failures = self.failures(now) + 1.0
            self._failed = now

    def abandon(self, seconds: float, now: float, *, began: bool) -> None:
        """An attempt is given up, after this long: it would have taken longer.

        `began` tells whether a stream had begun; then its first token is known.
        """
        self.in_flight -= 1
        for average in () if began else (self.first_token, self.whole):
            if average.known and seconds > average.at(now):
                average.see(seconds, now)

    def hear(self, reader: HeadroomReader, now: float) -> None:
        """Take what the provider says of its limits; it is read when somebody asks."""
        self._reader, self._headroom, self._heard = reader, None, now

    def failures(self, now: float) -> float:
        """Return the number of failures, each fading."""
        if not self._failures:
            return 0.0
        return self._failures * exp(min(0.0, self._failed - now) / SETTLING_SECONDS)

    def places(self, now: float) -> float:
        """Return how many requests are under way, failures counted in."""
        if not self._failures:
            return self.in_flight
        return self.in_flight + FAILURE_PLACES * self.failures(now)

    def slowness(self, now: float, *, streamed: bool) -> float:
        """Return about how long one more request takes; 0 where nobody knows and none is asked.

        Until the first answer, those under way are taken to be slow.
        """
        average = self.first_token if streamed else self.whole
        seconds = average.at(now)
        if not average.known and self.in_flight:
            seconds = FAILURE_SECONDS
        if self._failures:
            seconds += FAILURE_SECONDS * self.failures(now)
        return seconds * (self.in_flight + 1)

    def room(self, now: float, tokens_each: int) -> float:
        """Return the share of the rate limit that is left; FULL where the provider tells of none.

        Requests under way are taken to need `tokens_each`; every failure takes a whole limit away.
        """
        age_seconds = now - self._heard
        if self._reader is not None:
            self._headroom, self._reader = self._reader(age_seconds), None
        left = FULL
        if self._headroom is not None:
            left = self._headroom.share(age_seconds, self.in_flight, tokens_each)
        return left - self.failures(now)
