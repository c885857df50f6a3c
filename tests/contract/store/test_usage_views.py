"""What the ledger tells people, on both databases: written and added up by the real code."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.fakes.system import FrozenClock
from tests.support.attempts import GRANT, attempt_record
from turnout.application.ports.usage_ledger import AttemptOutcome, AttemptRecord
from turnout.application.ports.usage_views import (
    AttemptFilter,
    Dimension,
    Span,
    UsageQuestion,
    UsageTotals,
)
from turnout.domain.inference.failure import FailureKind
from turnout.domain.shared.ids import KeyId, ProviderId, deployment_id
from turnout.infrastructure.persistence.attempt_view import SqlAttemptView
from turnout.infrastructure.persistence.dead_letters import DeadLetters
from turnout.infrastructure.persistence.ledger_keeping import Retention, SqlLedgerKeeping
from turnout.infrastructure.persistence.ledger_queue import LedgerQueue
from turnout.infrastructure.persistence.store_link import store_link
from turnout.infrastructure.persistence.usage_view import SqlUsageView

START = 1_700_000_000 - 1_700_000_000 % 86_400
HOURS = Span(START, START + 86_400, 3_600)
ELSEWHERE = replace(GRANT, key_name="web", key=KeyId("key_2"), team=None, project=None)


def at(provider: str, record: AttemptRecord) -> AttemptRecord:
    return replace(
        record, provider=provider, deployment=deployment_id(ProviderId(provider), record.model)
    )


FAILED = attempt_record(1, outcome=AttemptOutcome.FAILED, failure=FailureKind.TIMEOUT, usage=None)
RECORDS = [
    [at("b", FAILED), attempt_record(2)],
    [replace(attempt_record(request="req_2"), grant=ELSEWHERE, seconds=3.0)],
    [replace(attempt_record(0, request="req_3", outcome=AttemptOutcome.CACHED), grant=ELSEWHERE)],
]
"""One each hour; the clock begins at the epoch's start of a day."""


@pytest.fixture
async def clock(
    database_url: str, engine: AsyncEngine, tmp_path: Path
) -> AsyncIterator[FrozenClock]:
    clock = FrozenClock(monotonic=0.0, epoch=float(START))
    link = store_link(database_url)
    queue = LedgerQueue(link, clock, DeadLetters(tmp_path / "dead.jsonl"))
    for records in RECORDS:
        for record in records:
            queue.put(replace(record, ended_seconds=clock.monotonic))
        await queue.flush()
        clock.move(3_600.0)
    await SqlLedgerKeeping(engine, clock, Retention()).roll_up()
    yield clock
    await link.close()


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


async def test_attempts_newest_first_page_by_page(clock: FrozenClock, engine: AsyncEngine) -> None:
    view, wanted = SqlAttemptView(engine), AttemptFilter(since=START)
    seen, before = [], None
    while page := await view.page(wanted, before, 3):
        seen += [(row.request, row.number) for row in page]
        before = page[-1].place
    assert seen == [("req_3", 0), ("req_2", 1), ("req_1", 2), ("req_1", 1)]


@pytest.mark.parametrize(
    "wanted, count",
    [
        (AttemptFilter(since=START + 1), 2),
        (AttemptFilter(since=START, until=START + 3_600), 2),
        (AttemptFilter(since=START, outcome=AttemptOutcome.CACHED), 1),
        (AttemptFilter(since=START, failure=FailureKind.TIMEOUT), 1),
        (AttemptFilter(since=START, failure=FailureKind.OVERLOADED), 0),
        (AttemptFilter(since=START, status=500), 0),
        (AttemptFilter(since=START, narrowed={Dimension.KEY: "key_2"}), 2),
        (AttemptFilter(since=START, narrowed={Dimension.KEY: "ci", Dimension.PROVIDER: "b"}), 1),
    ],
)
async def test_attempts_that_are_wanted(
    clock: FrozenClock, engine: AsyncEngine, wanted: AttemptFilter, count: int
) -> None:
    assert len(await SqlAttemptView(engine).page(wanted, None, 100)) == count


async def test_one_request(clock: FrozenClock, engine: AsyncEngine) -> None:
    view = SqlAttemptView(engine)
    first, second = await view.of_request("req_1")
    assert (first.provider, first.failure, first.tokens) == ("b", FailureKind.TIMEOUT, None)
    assert (second.number, second.cost_nanos, second.at) == (2, 3_500_000, START)
    assert (second.tokens or {})["input_tokens"] == 1000
    assert await view.of_request("req_9") == []
