"""What is new, on both databases."""

from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine
from tests.fakes.system import FrozenClock
from tests.support.attempts import attempt_record

from turnout.application.ports.live_source import Marks
from turnout.infrastructure.persistence.dead_letters import DeadLetters
from turnout.infrastructure.persistence.ledger_keeping import Retention, SqlLedgerKeeping
from turnout.infrastructure.persistence.ledger_queue import LedgerQueue
from turnout.infrastructure.persistence.live_source import SqlLiveSource
from turnout.infrastructure.persistence.store_link import store_link


async def test_attempts_are_seen_at_once_and_in_the_minutes_sums(
    database_url: str, engine: AsyncEngine, tmp_path: Path
) -> None:
    link, clock = store_link(database_url), FrozenClock()
    source = SqlLiveSource(link)
    assert await source.marks() == Marks(0, 0, 0)
    assert (await source.minutes(0), await source.newest(5)) == ([], [])
    queue = LedgerQueue(link, clock, DeadLetters(tmp_path / "dead.jsonl"))
    for number in (1, 2, 3):
        clock.move(1.0)
        ended = clock.monotonic_seconds()
        queue.put(attempt_record(ended_seconds=ended, number=number))
    await queue.flush()
    await SqlLedgerKeeping(engine, clock, Retention()).roll_up()
    assert [line.number for line in await source.newest(2)] == [3, 2]
    (minute,) = await source.minutes(0)
    assert (minute.counts["attempts"], minute.counts["input_tokens"]) == (3, 3_000)
    assert minute.latency.count == 3
    assert await source.minutes(minute.start + 60) == []
    await link.close()
