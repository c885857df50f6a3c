"""SqlLedgerKeeping: what one control plane does for the ledger: roll up, and throw away."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from turnout.application.ports.system import Clock
from turnout.infrastructure.persistence.ledger_tables import StoredAttempt, StoredBatch
from turnout.infrastructure.persistence.request_tables import StoredRequest
from turnout.infrastructure.persistence.rollup import (
    TABLES,
    Slot,
    Subject,
    Sums,
    added_up,
    fill,
    new_row,
    slot_of,
    sums_of,
)

BATCHES_AT_ONCE = 100
SLOTS_AT_ONCE = 500
ROWS_AT_ONCE = 5_000
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days what is kept; days' sums are kept for ever."""

    attempts_days: float = 30.0
    minutes_days: float = 3.0
    hours_days: float = 100.0


class SqlLedgerKeeping:
    """Done by one process at a time; a second one waits, and finds nothing left to do."""

    def __init__(self, engine: AsyncEngine, clock: Clock, retention: Retention) -> None:
        self._engine = engine
        self._clock = clock
        self._retention = retention

    async def roll_up(self) -> None:
        """Bring the sums up to all that has been written."""
        while await self._roll_some():
            pass

    async def prune(self) -> None:
        """Throw away what is older than it is kept, in pieces, so that nobody waits long."""
        now, kept = self._clock.epoch_seconds(), self._retention
        for resolution, days in ((60, kept.minutes_days), (3_600, kept.hours_days)):
            await self._delete_rollups(resolution, now - days * DAY_SECONDS)
        while await self._delete_attempts(now - kept.attempts_days * DAY_SECONDS):
            pass

    async def _roll_some(self) -> bool:
        async with AsyncSession(self._engine) as session, session.begin():
            if self._engine.dialect.name == "postgresql":
                await session.execute(text("LOCK TABLE ledger_rollup IN SHARE ROW EXCLUSIVE MODE"))
            unrolled = select(StoredBatch.id).where(StoredBatch.rolled == 0)
            batches = list(
                await session.scalars(unrolled.order_by(StoredBatch.id).limit(BATCHES_AT_ONCE))
            )
            if not batches:
                return False
            attempts = await session.scalars(
                select(StoredAttempt).where(StoredAttempt.batch.in_(batches))
            )
            sums = added_up(attempts)
            for kind in TABLES:
                slots = [slot for slot in sums if isinstance(slot.subject, kind)]
                for first in range(0, len(slots), SLOTS_AT_ONCE):
                    await _store(session, kind, slots[first : first + SLOTS_AT_ONCE], sums)
            await session.execute(
                update(StoredBatch).where(StoredBatch.id.in_(batches)).values(rolled=1),
                execution_options={"synchronize_session": False},
            )
        return True

    async def _delete_rollups(self, resolution: int, before: float) -> None:
        for table in TABLES.values():
            async with AsyncSession(self._engine) as session, session.begin():
                await session.execute(
                    delete(table).where(table.resolution == resolution, table.start < int(before)),
                    execution_options={"synchronize_session": False},
                )

    async def _delete_attempts(self, before: float) -> bool:
        """Delete whole batches that are rolled up and old; tell whether there may be more."""
        async with AsyncSession(self._engine) as session, session.begin():
            old = select(StoredBatch.id).where(StoredBatch.rolled == 1, StoredBatch.at < before)
            batches = list(await session.scalars(old.limit(BATCHES_AT_ONCE)))
            for table in (StoredAttempt.batch, StoredRequest.batch, StoredBatch.id):
                await session.execute(
                    delete(table.class_).where(table.in_(batches)),
                    execution_options={"synchronize_session": False},
                )
        return len(batches) == BATCHES_AT_ONCE


async def _store(
    session: AsyncSession, kind: type[Subject], slots: Sequence[Slot], sums: dict[Slot, Sums]
) -> None:
    table, new = TABLES[kind], set(slots)
    key = tuple_(*(getattr(table, name) for name in ("resolution", "start", *kind._fields)))
    keys = [(slot.resolution, slot.start, *slot.subject) for slot in slots]
    for row in await session.scalars(select(table).where(key.in_(keys))):
        slot = slot_of(row, kind)
        sums[slot].merge(sums_of(row))
        fill(row, sums[slot])
        new.remove(slot)
    session.add_all(fill(new_row(slot), sums[slot]) for slot in new)
