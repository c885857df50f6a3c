"""Reports of processes in the store: one row each, and the sum of those that have ended."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from turnout.infrastructure.persistence.report_tables import StoredReport

ENDED = ""
"""Instead of a worker's name: all that have ended, together."""
FOLD_AFTER_SECONDS = 120.0
FORGET_AFTER_SECONDS = 7 * 86_400.0

Fold = Callable[[str | None, Sequence[tuple[str, str | None]]], str]
"""Returns a sum, grown by what reports have beyond that of them which it has already."""


class Told(NamedTuple):
    """A report of a process as of `at` seconds since 1970; `folded` is what ENDED has of it."""

    worker: str
    at: float
    body: str
    folded: str | None


class SqlReports:
    """Reads all reports, and folds those of the dead into one.

    A process that had only been silent goes on with a report that has more than what was folded,
    and only that is counted: nothing is lost, and nothing counts twice.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def all(self) -> list[Told]:
        """Return every report."""
        async with AsyncSession(self._engine) as session:
            rows = await session.scalars(select(StoredReport))
            return [Told(row.worker, row.at, row.body, row.folded) for row in rows]

    async def fold(self, now: float, fold: Fold) -> None:
        """Add up what has been silent for FOLD_AFTER_SECONDS, and forget what has been for long."""
        async with AsyncSession(self._engine) as session, session.begin():
            query = select(StoredReport).order_by(StoredReport.worker).with_for_update()
            rows = {row.worker: row for row in await session.scalars(query)}
            ended = rows.pop(ENDED, None)
            silent = [
                row
                for row in rows.values()
                if row.at < now - FOLD_AFTER_SECONDS and row.body != row.folded
            ]
            if silent:
                body = fold(
                    None if ended is None else ended.body,
                    [(row.body, row.folded) for row in silent],
                )
                if ended is None:
                    ended = StoredReport(worker=ENDED, at=now, body=body, folded=None)
                    session.add(ended)
                ended.body, ended.at = body, now
                for row in silent:
                    row.folded = row.body
            await session.execute(
                delete(StoredReport).where(
                    StoredReport.worker != ENDED,
                    StoredReport.at < now - FORGET_AFTER_SECONDS,
                    StoredReport.body == StoredReport.folded,
                ),
                execution_options={"synchronize_session": False},
            )
