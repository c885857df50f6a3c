"""MemoryLimits: a LimitStore of one process, which answers at once."""

from collections.abc import Sequence

from turnout.application.ports.limit_store import Counter, Measure, Verdict
from turnout.application.ports.system import Clock
from turnout.domain.governance.rate_limit import Gcra
from turnout.domain.inference.metering import Remaining

MOST_COUNTERS = 100_000
"""Beyond that, those that have had a rest are forgotten: they are free again anyway."""
PLACE_WAIT_SECONDS = 1.0
"""What is told to who finds no place: nobody knows when one will be given back."""


class MemoryLimits:
    """Exact within its process; several workers count each for itself."""

    __slots__ = ("_clock", "_places", "_rates", "_sweep_above")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rates: dict[str, Gcra] = {}
        self._places: dict[str, int] = {}
        self._sweep_above = MOST_COUNTERS

    def take(self, counters: Sequence[Counter], tokens: int, request: str) -> Verdict:
        """Take one request, so many tokens and a place, and tell whether that may be."""
        now = self._clock.monotonic_seconds()
        for counter in counters:
            wait = self._wait_seconds(counter, tokens, now)
            if wait > 0.0:
                return self._verdict(counters, now, counter, wait)
        for counter in counters:
            self._take(counter, tokens, now)
        return self._verdict(counters, now)

    def settle(self, counters: Sequence[Counter], *, used: int, reserved: int) -> None:
        """Count `used` tokens for the `reserved` ones that were taken."""
        now = self._clock.monotonic_seconds()
        for counter in counters:
            if counter.measure is Measure.TOKENS:
                rate = self._rate(counter, now)
                rate.take(used - rate.reserved(reserved), now)

    def leave(self, counters: Sequence[Counter], request: str) -> None:
        """Give the places of `request` back."""
        for counter in counters:
            if counter.measure is Measure.CONCURRENT:
                left = self._places[counter.owner] - 1
                if left:
                    self._places[counter.owner] = left
                else:
                    del self._places[counter.owner]

    def _wait_seconds(self, counter: Counter, tokens: int, now: float) -> float:
        if counter.measure is Measure.CONCURRENT:
            full = self._places.get(counter.owner, 0) >= counter.limit
            return PLACE_WAIT_SECONDS if full else 0.0
        units = 1 if counter.measure is Measure.REQUESTS else tokens
        return self._rate(counter, now).wait_seconds(units, now)

    def _take(self, counter: Counter, tokens: int, now: float) -> None:
        if counter.measure is Measure.CONCURRENT:
            self._places[counter.owner] = self._places.get(counter.owner, 0) + 1
            return
        rate = self._rate(counter, now)
        rate.take(rate.reserved(1 if counter.measure is Measure.REQUESTS else tokens), now)

    def _verdict(
        self,
        counters: Sequence[Counter],
        now: float,
        refused: Counter | None = None,
        wait_seconds: float = 0.0,
    ) -> Verdict:
        requests = self._tightest(counters, Measure.REQUESTS, now)
        tokens = self._tightest(counters, Measure.TOKENS, now)
        return Verdict(refused, wait_seconds, requests, tokens)

    def _tightest(
        self, counters: Sequence[Counter], measure: Measure, now: float
    ) -> Remaining | None:
        tightest: Remaining | None = None
        for counter in counters:
            if counter.measure is measure:
                rate = self._rate(counter, now)
                left = rate.left(now)
                if tightest is None or left < tightest.left:
                    tightest = Remaining(counter.limit, left, rate.reset_seconds(now))
        return tightest

    def _rate(self, counter: Counter, now: float) -> Gcra:
        rate = self._rates.get(counter.key)
        if rate is None:
            if len(self._rates) >= self._sweep_above:
                self._sweep(now)
            rate = self._rates[counter.key] = Gcra(counter.limit, now)
        rate.limit = counter.limit
        return rate

    def _sweep(self, now: float) -> None:
        used = {key: rate for key, rate in self._rates.items() if rate.free_at_seconds > now}
        self._rates = used
        self._sweep_above = max(MOST_COUNTERS, 2 * len(used))
