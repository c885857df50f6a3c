"""A ledger with a morning's traffic in it, written and added up by the real code."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from tests.fakes.system import FrozenClock
from tests.support.attempts import GRANT, attempt_record
from turnout.application.ports.usage_ledger import AttemptOutcome, AttemptRecord
from turnout.domain.inference.failure import FailureKind
from turnout.domain.shared.ids import KeyId, ProviderId, deployment_id
from turnout.infrastructure.persistence.dead_letters import DeadLetters
from turnout.infrastructure.persistence.ledger_keeping import Retention, SqlLedgerKeeping
from turnout.infrastructure.persistence.ledger_queue import LedgerQueue
from turnout.infrastructure.persistence.store_link import store_link

START = 1_700_000_000 - 1_700_000_000 % 86_400
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


@asynccontextmanager
async def kept_ledger(url: str, engine: AsyncEngine, folder: Path) -> AsyncIterator[FrozenClock]:
    """Write RECORDS an hour apart, add them up, and give the clock as it stands then."""
    clock = FrozenClock(monotonic=0.0, epoch=float(START))
    link = store_link(url)
    queue = LedgerQueue(link, clock, DeadLetters(folder / "dead.jsonl"))
    for records in RECORDS:
        for record in records:
            queue.put(replace(record, ended_seconds=clock.monotonic))
        await queue.flush()
        clock.move(3_600.0)
    await SqlLedgerKeeping(engine, clock, Retention()).roll_up()
    yield clock
    await link.close()
