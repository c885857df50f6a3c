"""What the ledger's sums tell people, on both databases."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.fakes.system import FrozenClock
from tests.support.ledger import START, kept_ledger

from turnout.application.ports.usage_views import Dimension, Span, UsageQuestion, UsageTotals
from turnout.infrastructure.persistence.usage_view import SqlUsageView

HOURS = Span(START, START + 86_400, 3_600)


@pytest.fixture
async def clock(
    database_url: str, engine: AsyncEngine, tmp_path: Path
) -> AsyncIterator[FrozenClock]:
    async with kept_ledger(database_url, engine, tmp_path) as clock:
        yield clock


def some(
    totals: Sequence[UsageTotals], *names: str
) -> dict[tuple[str | None, int | None], list[int]]:
    return {(each.name, each.start): [each.counts[name] for name in names] for each in totals}


async def test_everything_together(clock: FrozenClock, engine: AsyncEngine) -> None:
    (whole,) = await SqlUsageView(engine).totals(UsageQuestion(HOURS))
    assert (whole.name, whole.start) == (None, None)
    assert dict(whole.counts) | {"requests": 3, "answered": 3, "attempts": 3, "failed": 1} == dict(
        whole.counts
    )
    assert (whole.counts["cost_nanos"], whole.counts["avoided_nanos"]) == (7_000_000, 3_500_000)
    assert whole.failures == {"timeout": 1}
    assert whole.latency.count == 2
    assert whole.latency.percentile(1.0) == pytest.approx(3.0, rel=0.01)


async def test_nothing_in_the_span(clock: FrozenClock, engine: AsyncEngine) -> None:
    span = Span(START - 86_400, START, 3_600)
    for question in (UsageQuestion(span), UsageQuestion(span, by=Dimension.KEY, in_steps=True)):
        assert await SqlUsageView(engine).totals(question) == []


@pytest.mark.parametrize(
    "by, found",
    [
        (Dimension.PROVIDER, {"a": [2, 2], "b": [1, 1]}),
        (Dimension.MODEL, {"m": [3, 3]}),
        (Dimension.ROUTE, {"default": [3, 3]}),
        (Dimension.KEY, {"ci": [1, 2], "web": [2, 1]}),
        (Dimension.TEAM, {"research": [1, 2], "": [2, 1]}),
        (Dimension.PROJECT, {"atlas": [1, 2], "": [2, 1]}),
    ],
)
async def test_by_name(
    clock: FrozenClock, engine: AsyncEngine, by: Dimension, found: dict[str, list[int]]
) -> None:
    totals = await SqlUsageView(engine).totals(UsageQuestion(HOURS, by=by))
    told = some(totals, "requests", "attempts")
    assert {name: counts for (name, _), counts in told.items()} == found


@pytest.mark.parametrize(
    "narrowed, found",
    [
        ({Dimension.KEY: "web"}, [2, 1]),
        ({Dimension.KEY: "key_2"}, [2, 1]),
        ({Dimension.TEAM: ""}, [2, 1]),
        ({Dimension.PROVIDER: "b"}, [1, 1]),
        ({Dimension.PROVIDER: "a", Dimension.KEY: "ci"}, [0, 1]),
    ],
)
async def test_narrowed(
    clock: FrozenClock, engine: AsyncEngine, narrowed: dict[Dimension, str], found: list[int]
) -> None:
    totals = await SqlUsageView(engine).totals(UsageQuestion(HOURS, narrowed))
    assert list(some(totals, "requests", "attempts").values()) == [found]


async def test_step_by_step_and_by_name(clock: FrozenClock, engine: AsyncEngine) -> None:
    question = UsageQuestion(HOURS, by=Dimension.KEY, in_steps=True)
    assert some(await SqlUsageView(engine).totals(question), "requests") == {
        ("ci", START): [1],
        ("web", START + 3_600): [1],
        ("web", START + 7_200): [1],
    }


async def test_every_table_and_resolution_tells_the_same(
    clock: FrozenClock, engine: AsyncEngine
) -> None:
    view, found = SqlUsageView(engine), []
    for resolution in (60, 3_600, 86_400):
        span = replace(HOURS, resolution=resolution)
        questions = [UsageQuestion(span, by=by) for by in (None, Dimension.KEY)]
        questions.append(UsageQuestion(span, {Dimension.MODEL: "m", Dimension.TEAM: "research"}))
        questions.append(UsageQuestion(span, {Dimension.MODEL: "m", Dimension.TEAM: ""}))
        totals = [await view.totals(question) for question in questions]
        both = [
            {n: a.counts[n] + b.counts[n] for n in a.counts}
            for a, b in [(totals[1][0], totals[1][1]), (totals[2][0], totals[3][0])]
        ]
        found += [dict(totals[0][0].counts), *both]
    assert all(each == found[0] for each in found)
