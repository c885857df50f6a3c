"""SqlAuditLog: the audit log in `audit_line`, written by one transaction at a time."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, cast, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from turnout.application.ports.audit import (
    AuditChange,
    AuditResult,
    AuditRow,
    AuditVerdict,
    Deed,
)
from turnout.application.ports.system import Clock
from turnout.infrastructure.persistence.audit_chain import (
    BEFORE_THE_FIRST,
    ChainCheck,
    Line,
    link,
    record_of,
    row_of,
)
from turnout.infrastructure.persistence.audit_tables import StoredAuditLine
from turnout.infrastructure.persistence.engine import reading

LINES_AT_ONCE = 1000


class SqlAuditLog:
    """An AuditLog."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._reading = reading(engine)
        self._clock = clock

    async def append(self, deed: Deed, result: AuditResult, reason: str = "") -> None:
        """Write a line in a transaction of its own."""
        async with AsyncSession(self._engine) as session, session.begin():
            await write_line(session, self._clock, deed, result=result, reason=reason)

    async def page(self, before: int | None, limit: int) -> list[AuditRow]:
        """Return up to `limit` lines, newest first, of those numbered below `before` if given."""
        newest_first = select(StoredAuditLine).order_by(StoredAuditLine.number.desc()).limit(limit)
        if before is not None:
            newest_first = newest_first.where(StoredAuditLine.number < before)
        async with AsyncSession(self._reading) as session:
            rows = await session.scalars(newest_first)
            return [row_of((row.number, row.record, row.hash)) for row in rows]

    async def lines(self) -> AsyncIterator[Line]:
        """Yield every line as it is stored, oldest first."""
        after = -(2**63)
        while lines := await self._lines_after(after):
            for line in lines:
                yield line
            after = lines[-1][0]

    async def verify(self, expected: tuple[int, str] | None = None) -> AuditVerdict:
        """Go along the chain; `expected` is a line's number and hash as noted down earlier."""
        check = ChainCheck()
        noted: dict[int, str] = {}

        def told(number: int, hash: str) -> None:
            if expected is not None and number == expected[0]:
                noted[number] = hash

        async for line in self.lines():
            if fault := check.fault([line], told):
                return AuditVerdict(check.number, check.hash, fault)
        return AuditVerdict(check.number, check.hash, _unexpected(expected, noted))

    async def _lines_after(self, number: int) -> list[Line]:
        some = (
            select(StoredAuditLine.number, *self._texts())
            .where(StoredAuditLine.number > number)
            .order_by(StoredAuditLine.number)
            .limit(LINES_AT_ONCE)
        )
        async with AsyncSession(self._reading) as session:
            return [(row[0], _text(row[1]), _text(row[2])) for row in await session.execute(some)]

    def _texts(self) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """Ask SQLite for bytes: it keeps anything as text, and reading fails where it is none."""
        record, hash = StoredAuditLine.record.expression, StoredAuditLine.hash.expression
        if self._engine.dialect.name != "sqlite":
            return record, hash
        return cast(record, LargeBinary), cast(hash, LargeBinary)


async def lock_log(session: AsyncSession) -> None:
    """Let no other transaction write a line until this one has ended; SQLite has one writer."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("LOCK TABLE audit_line IN SHARE ROW EXCLUSIVE MODE"))


async def write_line(
    session: AsyncSession,
    clock: Clock,
    deed: Deed,
    *,
    result: AuditResult = AuditResult.DONE,
    reason: str = "",
    changes: Iterable[AuditChange] = (),
) -> None:
    """Add a line to the log in the session's transaction, as its last lock."""
    await lock_log(session)
    newest = select(StoredAuditLine).order_by(StoredAuditLine.number.desc()).limit(1)
    last = await session.scalar(newest)
    number, previous = (1, BEFORE_THE_FIRST) if last is None else (last.number + 1, last.hash)
    at = datetime.fromtimestamp(clock.epoch_seconds(), UTC)
    row = AuditRow(number, at, deed, result, reason, tuple(changes), "")
    record = record_of(row)
    session.add(StoredAuditLine(number=number, record=record, hash=link(previous, record)))
    await session.flush()


def _text(stored: str | bytes | None) -> str:
    return stored.decode("utf-8", "surrogateescape") if isinstance(stored, bytes) else stored or ""


def _unexpected(expected: tuple[int, str] | None, noted: dict[int, str]) -> str | None:
    if expected is None or noted.get(expected[0]) == expected[1]:
        return None
    if expected[0] not in noted:
        return f"line {expected[0]} is gone from the end"
    return f"line {expected[0]} has another hash than the one that was noted down"
