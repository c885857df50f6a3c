"""How calls went, from attempts for a short span and from minutes for a long one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.fakes.system import FrozenClock
from tests.support.attempts import attempt_record

from turnout.application.ports.alerting import Called
from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.domain.alerting.burn import Calls
from turnout.domain.inference.failure import FailureKind
from turnout.infrastructure.persistence.call_counts import SHORT_SECONDS, SqlCallCounts
from turnout.infrastructure.persistence.dead_letters import DeadLetters
from turnout.infrastructure.persistence.ledger_keeping import Retention, SqlLedgerKeeping
from turnout.infrastructure.persistence.ledger_queue import LedgerQueue
from turnout.infrastructure.persistence.store_link import StoreLink, store_link

MODEL = Called("a", "m")
ENDS: list[tuple[AttemptOutcome, FailureKind | None]] = [
    (AttemptOutcome.COMPLETED, None),
    (AttemptOutcome.COMPLETED, None),
    (AttemptOutcome.FAILED, FailureKind.OVERLOADED),
    (AttemptOutcome.FAILED, FailureKind.RATE_LIMITED),
    (AttemptOutcome.FAILED, FailureKind.BAD_REQUEST),
    (AttemptOutcome.ABANDONED, None),
    (AttemptOutcome.HEDGED, None),
]
WANTED = {MODEL: Calls(calls=4, failed=2)}


@pytest.fixture
async def link(database_url: str) -> AsyncIterator[StoreLink]:
    link = store_link(database_url)
    yield link
    await link.close()


async def written(link: StoreLink, engine: AsyncEngine, folder: Path) -> FrozenClock:
    clock = FrozenClock()
    queue = LedgerQueue(link, clock, DeadLetters(folder / "dead.jsonl"))
    for outcome, failure in ENDS:
        ended = clock.monotonic_seconds()
        queue.put(attempt_record(outcome=outcome, failure=failure, ended_seconds=ended))
    await queue.flush()
    await SqlLedgerKeeping(engine, clock, Retention()).roll_up()
    return clock


@pytest.mark.parametrize("span", [30.0, SHORT_SECONDS + 1])
async def test_callers_faults_and_calls_that_were_left_are_no_calls(
    link: StoreLink, engine: AsyncEngine, tmp_path: Path, span: float
) -> None:
    clock = await written(link, engine, tmp_path)
    counts = SqlCallCounts(link, clock)
    assert await counts.calls(clock.epoch_seconds() - span) == WANTED


@pytest.mark.parametrize(("later", "span"), [(60.0, 30.0), (600.0, 300.0)])
async def test_what_was_before_the_span_does_not_count(
    link: StoreLink, engine: AsyncEngine, tmp_path: Path, later: float, span: float
) -> None:
    clock = await written(link, engine, tmp_path)
    clock.move(later)
    counts = SqlCallCounts(link, clock)
    assert await counts.calls(clock.epoch_seconds() - span) == {}
    assert await counts.latencies(clock.epoch_seconds() - span) == {}


async def test_whole_answers_are_timed(
    link: StoreLink, engine: AsyncEngine, tmp_path: Path
) -> None:
    clock = await written(link, engine, tmp_path)
    sketches = await SqlCallCounts(link, clock).latencies(clock.epoch_seconds() - 600)
    assert sketches[MODEL].count == 2
    assert sketches[MODEL].percentile(0.95) == pytest.approx(1.5, rel=0.02)
