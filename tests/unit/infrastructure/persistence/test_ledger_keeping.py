"""Rolling up and throwing away, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.fakes.system import FrozenClock
from tests.support.attempts import attempt_record

from turnout.infrastructure.persistence.dead_letters import DeadLetters
from turnout.infrastructure.persistence.ledger_keeping import (
    DAY_SECONDS,
    Retention,
    SqlLedgerKeeping,
)
from turnout.infrastructure.persistence.ledger_queue import LedgerQueue
from turnout.infrastructure.persistence.store_link import StoreLink, store_link

SUMS = (
    "SELECT resolution, requests, attempts, input_tokens, cost_nanos FROM ledger_rollup "
    "ORDER BY resolution, start"
)


@pytest.fixture
async def link(database_url: str) -> AsyncIterator[StoreLink]:
    link = store_link(database_url)
    yield link
    await link.close()


async def written(link: StoreLink, clock: FrozenClock, folder: Path, count: int = 1) -> None:
    queue = LedgerQueue(link, clock, DeadLetters(folder / "dead.jsonl"))
    for _ in range(count):
        queue.put(attempt_record(ended_seconds=clock.monotonic_seconds()))
    await queue.flush()


async def test_sums_grow_with_every_batch_and_none_counts_twice(
    link: StoreLink, engine: AsyncEngine, tmp_path: Path
) -> None:
    clock = FrozenClock()
    keeping = SqlLedgerKeeping(engine, clock, Retention())
    for count in (3, 2):
        await written(link, clock, tmp_path, count)
        await keeping.roll_up()
    await keeping.roll_up()
    assert await link.rows(SUMS) == [
        (resolution, 5, 5, 5_000, 17_500_000) for resolution in (60, 3_600, 86_400)
    ]


async def test_two_that_roll_up_at_once_count_once(
    link: StoreLink, engine: AsyncEngine, tmp_path: Path
) -> None:
    clock = FrozenClock()
    for _ in range(5):
        await written(link, clock, tmp_path, 2)
    await asyncio.gather(
        *(SqlLedgerKeeping(engine, clock, Retention()).roll_up() for _ in range(3))
    )
    assert [row[1] for row in await link.rows(SUMS)] == [10, 10, 10]


async def test_what_is_old_is_thrown_away_and_days_are_kept(
    link: StoreLink, engine: AsyncEngine, tmp_path: Path
) -> None:
    clock = FrozenClock()
    keeping = SqlLedgerKeeping(engine, clock, Retention(30, 3, 100))
    left = []
    await written(link, clock, tmp_path)
    await keeping.roll_up()
    for days in (2, 3, 30, 100):
        clock.move(days * DAY_SECONDS)
        await keeping.prune()
        (attempts,) = await link.rows("SELECT count(*) FROM ledger_attempt")
        left.append((attempts[0], [row[0] for row in await link.rows(SUMS)]))
    assert left == [
        (1, [60, 3_600, 86_400]),
        (1, [3_600, 86_400]),
        (0, [3_600, 86_400]),
        (0, [86_400]),
    ]


async def test_what_has_not_been_rolled_up_is_never_thrown_away(
    link: StoreLink, engine: AsyncEngine, tmp_path: Path
) -> None:
    clock = FrozenClock()
    await written(link, clock, tmp_path)
    clock.move(1_000 * DAY_SECONDS)
    await SqlLedgerKeeping(engine, clock, Retention()).prune()
    assert await link.rows("SELECT count(*) FROM ledger_attempt") == [(1,)]
