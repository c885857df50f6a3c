from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests.fakes.usage import FakeUsage

from turnout.application.ports.usage_views import Dimension, Span, UsageTotals
from turnout.application.queries.usage import DAY, HOUR, MINUTE, Asked, Measure, Moment
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.sketch import Sketch

NOW = 1_700_000_000


def totals(name: str | None = None, start: int | None = None, **counts: int) -> UsageTotals:
    told = ("requests", "answered", "attempts", "failed", "abandoned", "cached", "shared")
    more = ("hedged", "saved", "unpriced", "input_tokens", "output_tokens")
    zeros = dict.fromkeys((*told, *more, "cost_nanos", "avoided_nanos"), 0)
    return UsageTotals(name, start, {**zeros, **counts}, {}, Sketch(), Sketch())


@pytest.mark.parametrize(
    "since, until, step",
    [
        (timedelta(minutes=5), None, MINUTE),
        (timedelta(hours=3), None, MINUTE),
        (timedelta(hours=4), None, HOUR),
        (timedelta(days=7), None, HOUR),
        (timedelta(days=8), None, DAY),
        (timedelta(days=10), timedelta(days=10) - timedelta(hours=1), HOUR),
        (timedelta(days=200), timedelta(days=199), DAY),
    ],
)
async def test_the_span_decides_the_steps_and_what_is_kept_does(
    since: timedelta, until: timedelta | None, step: int
) -> None:
    told = await FakeUsage().usage().summary(Asked(since, until))
    span = told.span
    assert span.resolution == step
    assert span.since % step == span.until % step == 0
    ago = NOW - since.total_seconds(), NOW - (until or timedelta()).total_seconds()
    assert ago[0] - step < span.since <= ago[0] and ago[1] <= span.until < ago[1] + step


async def test_moments_have_time_zones() -> None:
    since, until = (datetime.fromtimestamp(NOW - ago, UTC) for ago in (600, 300))
    told = await FakeUsage().usage().series(Asked(since, until))
    assert told.span == Span((NOW - 600) // 60 * 60, -(-(NOW - 300) // 60) * 60, MINUTE)


@pytest.mark.parametrize(
    "since, until", [(timedelta(0), None), (timedelta(hours=1), timedelta(hours=2))]
)
async def test_a_span_ends_after_it_begins(since: Moment, until: Moment | None) -> None:
    with pytest.raises(DomainError) as refused:
        await FakeUsage().usage().summary(Asked(since, until))
    assert refused.value.code == "usage.span"


async def test_figures_of_everything() -> None:
    fake = FakeUsage()
    latency = Sketch()
    for seconds in range(1, 101):
        latency.add(seconds / 10)
    fake.sums.found = [
        UsageTotals(
            None,
            None,
            {
                **totals().counts,
                "requests": 110,
                "answered": 95,
                "attempts": 120,
                "failed": 10,
                "abandoned": 10,
                "hedged": 5,
                "unpriced": 2,
                "input_tokens": 7,
                "cost_nanos": 1_500_000_001,
                "avoided_nanos": 250_000_000,
            },
            {"timeout": 10},
            latency,
            Sketch(),
        )
    ]
    (row,) = (await fake.usage().summary(Asked())).rows
    figures = row.figures
    assert (figures.success_rate, figures.attempt_success_rate) == (0.95, 95 / 105)
    assert (figures.cost, figures.avoided_cost) == (Decimal("1.500000001"), Decimal("0.25"))
    assert figures.tokens == {"input_tokens": 7, "output_tokens": 0}
    assert figures.latency.p95 == pytest.approx(9.5, rel=0.01)
    assert (figures.first_token.count, figures.first_token.p50) == (0, None)


@pytest.mark.parametrize(
    "asked, by", [(Asked(), Dimension.MODEL), (Asked(narrowed={Dimension.PROVIDER: "a"}), None)]
)
async def test_of_a_provider_or_model_there_is_the_success_of_attempts_alone(
    asked: Asked, by: Dimension | None
) -> None:
    fake = FakeUsage()
    fake.sums.found = [totals("m", requests=1, answered=2, attempts=4, failed=1)]
    (row,) = (await fake.usage().summary(asked, by)).rows
    assert (row.figures.success_rate, row.figures.attempt_success_rate) == (None, 0.75)


async def test_of_nothing_no_rate_is_told() -> None:
    fake = FakeUsage()
    fake.sums.found = [totals()]
    (row,) = (await fake.usage().summary(Asked())).rows
    assert (row.figures.success_rate, row.figures.attempt_success_rate) == (None, None)


@pytest.mark.parametrize(
    "measure, first",
    [
        (Measure.REQUESTS, "busy"),
        (Measure.TOKENS, "busy"),
        (Measure.COST, "dear"),
        (Measure.AVOIDED_COST, "dear"),
        (Measure.SAVED, "dear"),
        (Measure.FAILURES, "busy"),
        (Measure.FAILURE_RATE, "broken"),
        (Measure.LATENCY, "slow"),
        (Measure.FIRST_TOKEN, "slow"),
    ],
)
async def test_the_first_by_each_measure(measure: Measure, first: str) -> None:
    fake = FakeUsage()
    slow = totals("slow", attempts=1)
    slow.latency.add(9.0)
    slow.first_token.add(5.0)
    fake.sums.found = [
        totals("busy", requests=9, attempts=20, failed=5, input_tokens=100),
        totals("dear", attempts=1, cost_nanos=100, avoided_nanos=5, saved=3),
        totals("broken", attempts=1, failed=1),
        slow,
    ]
    told = await fake.usage().top(Asked(), Dimension.MODEL, measure, 1)
    assert [row.name for row in told.rows] == [first]
    (question,) = fake.sums.asked
    assert (question.by, question.in_steps) == (Dimension.MODEL, False)


async def test_a_series_is_in_order() -> None:
    fake = FakeUsage()
    fake.sums.found = [totals("b", 60), totals("a", 120), totals("a", 60)]
    told = await fake.usage().series(Asked(), Dimension.KEY)
    assert [(row.name, row.start) for row in told.rows] == [("a", 60), ("a", 120), ("b", 60)]
    assert fake.sums.asked[0].in_steps
