"""Tell what was used, how it went and what it cost: from the ledger's sums alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from math import ceil

from turnout.application.ports.system import Clock
from turnout.application.ports.usage_views import (
    Dimension,
    Span,
    UsageQuestion,
    UsageTotals,
    UsageView,
)
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.money import dollars
from turnout.domain.shared.sketch import Sketch

MINUTE, HOUR, DAY = 60, 3_600, 86_400
MINUTES_UP_TO_SECONDS = 3 * HOUR
HOURS_UP_TO_SECONDS = 7 * DAY
"""The longest spans that are told in minutes and in hours; longer ones are in days."""

Moment = datetime | timedelta
"""A moment, or so long ago."""

_ATTEMPTS_OWN = frozenset({Dimension.PROVIDER, Dimension.MODEL})
"""One request may have attempts at several of these."""


@dataclass(frozen=True, slots=True)
class KeptFor:
    """For how many seconds there are minutes and hours; days are kept for ever."""

    minutes_seconds: float
    hours_seconds: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to know: since when and until when (None: now), and of what."""

    since: Moment = timedelta(days=1)
    until: Moment | None = None
    narrowed: Mapping[Dimension, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Seconds that so many percent of `count` values stay within, None where there are none.

    Each is at most one percent away from the true one (domain/shared/sketch.py).
    """

    count: int
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What sums say. Amounts are dollars; rates are shares, None where there is nothing to share.

    `success_rate` is of requests whose callers stayed; it is None by provider or model, where one
    request may have attempts at several. `attempt_success_rate` is of attempts that were neither
    called off nor left. `saved` requests were answered by a later attempt than the first: a retry,
    a fallback, a rescue or a hedge. `avoided_cost` is what answers from the cache and from other
    requests' attempts would have cost; `unpriced` attempts are not in `cost`, which is unknown.
    """

    requests: int
    answered: int
    success_rate: float | None
    attempts: int
    failed: int
    attempt_success_rate: float | None
    abandoned: int
    hedged: int
    saved: int
    cached: int
    shared: int
    tokens: Mapping[str, int]
    cost: Decimal
    avoided_cost: Decimal
    unpriced: int
    failures: Mapping[str, int]
    latency: Percentiles
    first_token: Percentiles


@dataclass(frozen=True, slots=True)
class Named:
    """Figures of one name, or of everything (None); `start` is that of the step of time."""

    name: str | None
    start: int | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class Told:
    """Figures, and the span that they are of: whole steps, so it may be longer than was asked."""

    span: Span
    rows: list[Named]


class Measure(StrEnum):
    """What to rank by, the worst or most first."""

    REQUESTS = "requests"
    FAILURES = "failures"
    FAILURE_RATE = "failure_rate"
    LATENCY = "latency"
    FIRST_TOKEN = "first_token"
    TOKENS = "tokens"
    COST = "cost"
    AVOIDED_COST = "avoided_cost"
    SAVED = "saved"


@dataclass(frozen=True, slots=True)
class Usage:
    """Each raises DomainError `usage.span` for a span that ends before it begins."""

    view: UsageView
    clock: Clock
    kept: KeptFor

    async def summary(self, asked: Asked, by: Dimension | None = None) -> Told:
        """Return figures of the whole span, by name."""
        return await self._told(asked, by, in_steps=False)

    async def series(self, asked: Asked, by: Dimension | None = None) -> Told:
        """Return figures of every step of the span in which there was any record."""
        return await self._told(asked, by, in_steps=True)

    async def top(self, asked: Asked, by: Dimension, measure: Measure, limit: int) -> Told:
        """Return the names with the most of `measure`, the first first."""
        told = await self.summary(asked, by)
        rank = _RANKS[measure]
        ranked = sorted(told.rows, key=lambda row: (-rank(row.figures), row.name or ""))
        return Told(told.span, ranked[:limit])

    async def _told(self, asked: Asked, by: Dimension | None, *, in_steps: bool) -> Told:
        span = self._span(asked)
        totals = await self.view.totals(UsageQuestion(span, asked.narrowed, by, in_steps))
        whole = _ATTEMPTS_OWN.isdisjoint({*asked.narrowed, by})
        rows = [Named(each.name, each.start, figures_of(each, whole)) for each in totals]
        return Told(span, sorted(rows, key=lambda row: (row.name or "", row.start or 0)))

    def _span(self, asked: Asked) -> Span:
        now = self.clock.epoch_seconds()
        since = seconds_of(asked.since, now)
        until = now if asked.until is None else seconds_of(asked.until, now)
        if since >= until:
            raise DomainError("usage.span", "since: expected a moment before `until`, or now")
        long = until - since
        if long <= MINUTES_UP_TO_SECONDS and since >= now - self.kept.minutes_seconds:
            step = MINUTE
        elif long <= HOURS_UP_TO_SECONDS and since >= now - self.kept.hours_seconds:
            step = HOUR
        else:
            step = DAY
        return Span(int(since // step) * step, ceil(until / step) * step, step)


def figures_of(totals: UsageTotals, whole_requests: bool) -> Figures:
    """Return what `totals` say; `whole_requests`: all attempts of each request are in them."""
    counts = totals.counts
    stayed = counts["requests"] - counts["abandoned"]
    succeeded = counts["attempts"] - counts["failed"] - counts["abandoned"] - counts["hedged"]
    return Figures(
        requests=counts["requests"],
        answered=counts["answered"],
        success_rate=_share(counts["answered"], stayed) if whole_requests else None,
        attempts=counts["attempts"],
        failed=counts["failed"],
        attempt_success_rate=_share(succeeded, succeeded + counts["failed"]),
        abandoned=counts["abandoned"],
        hedged=counts["hedged"],
        saved=counts["saved"],
        cached=counts["cached"],
        shared=counts["shared"],
        tokens={name: count for name, count in counts.items() if name.endswith("_tokens")},
        cost=dollars(counts["cost_nanos"]),
        avoided_cost=dollars(counts["avoided_nanos"]),
        unpriced=counts["unpriced"],
        failures=totals.failures,
        latency=_percentiles(totals.latency),
        first_token=_percentiles(totals.first_token),
    )


def _share(part: int, whole: int) -> float | None:
    # A request that was hedged and then left counts as left twice.
    return min(1.0, part / whole) if whole > 0 else None


def _percentiles(sketch: Sketch) -> Percentiles:
    return Percentiles(sketch.count, *map(sketch.percentile, (0.5, 0.9, 0.95, 0.99)))


def seconds_of(moment: Moment, now: float) -> float:
    """Return a moment in seconds since 1970."""
    if isinstance(moment, timedelta):
        return now - moment.total_seconds()
    return moment.timestamp()


def _failure_rate(figures: Figures) -> float:
    rate = figures.attempt_success_rate
    return -1.0 if rate is None else 1.0 - rate


_RANKS: Mapping[Measure, Callable[[Figures], float | Decimal]] = {
    Measure.REQUESTS: lambda figures: figures.requests,
    Measure.FAILURES: lambda figures: figures.failed,
    Measure.FAILURE_RATE: _failure_rate,
    Measure.LATENCY: lambda figures: figures.latency.p95 or -1.0,
    Measure.FIRST_TOKEN: lambda figures: figures.first_token.p95 or -1.0,
    Measure.TOKENS: lambda figures: (
        figures.tokens["input_tokens"] + figures.tokens["output_tokens"]
    ),
    Measure.COST: lambda figures: figures.cost,
    Measure.AVOIDED_COST: lambda figures: figures.avoided_cost,
    Measure.SAVED: lambda figures: figures.saved,
}
