"""The log on both databases: whatever is changed in it, verifying finds it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.fakes.system import FrozenClock

from turnout.application.ports.audit import AuditResult, AuditVerdict, Deed
from turnout.domain.governance.actor import THE_FILE, Actor, ActorKind
from turnout.domain.governance.roles import Role
from turnout.infrastructure.persistence.audit_chain import BEFORE_THE_FIRST, ChainCheck, link
from turnout.infrastructure.persistence.audit_log import SqlAuditLog

ANN = Actor(ActorKind.USER, "ann", Role.ADMIN, "192.0.2.1")
DEED = Deed(ANN, "enable_provider", "provider:groq")


@pytest.fixture
async def log(engine: AsyncEngine) -> AsyncIterator[SqlAuditLog]:
    yield SqlAuditLog(engine, FrozenClock())


async def _tamper(engine: AsyncEngine, statement: str) -> None:
    """Change the log as somebody could who owns the database."""
    async with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for change in ("update", "delete"):
                await connection.execute(text(f"DROP TRIGGER audit_line_no_{change}"))
        else:
            await connection.execute(text("DROP TRIGGER audit_line_only_grows ON audit_line"))
        await connection.execute(text(statement))


async def _written(log: SqlAuditLog, count: int = 4) -> AuditVerdict:
    for number in range(count):
        await log.append(DEED, AuditResult.REFUSED, f"reason-{number}")
    return await log.verify()


async def test_lines_come_back_as_they_were_written(log: SqlAuditLog) -> None:
    await log.append(DEED, AuditResult.DONE)
    await log.append(Deed(THE_FILE, "apply", "e\x00\ud800"), AuditResult.FAILED, "OSError")
    newest, oldest = await log.page(None, 10)
    assert (oldest.number, oldest.deed, oldest.result) == (1, DEED, AuditResult.DONE)
    assert (newest.deed.entry, newest.reason) == ("e\x00\ud800", "OSError")
    assert oldest.at.timestamp() == FrozenClock().epoch
    assert [row.number for row in await log.page(2, 10)] == [1]
    assert await log.verify() == AuditVerdict(2, newest.hash, None)


async def test_an_empty_log_is_good(log: SqlAuditLog) -> None:
    assert await log.verify() == AuditVerdict(0, BEFORE_THE_FIRST, None)


async def test_those_who_write_at_once_make_one_chain(log: SqlAuditLog) -> None:
    await asyncio.gather(*(log.append(DEED, AuditResult.DONE) for _ in range(12)))
    verdict = await log.verify()
    assert (verdict.number, verdict.fault) == (12, None)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_line SET hash = ''", "DELETE FROM audit_line WHERE number = 2"]
)
async def test_the_database_itself_refuses_changes(
    engine: AsyncEngine, log: SqlAuditLog, statement: str
) -> None:
    before = await _written(log)
    with pytest.raises(DBAPIError, match="only grows"):
        async with engine.begin() as connection:
            await connection.execute(text(statement))
    assert await log.verify() == before


@pytest.mark.parametrize(
    "statement, good, told",
    [
        ("UPDATE audit_line SET record = replace(record, 'ann', 'bob') WHERE number = 2", 1, "2"),
        (f"UPDATE audit_line SET hash = '{'0' * 64}' WHERE number = 3", 2, "line 3 is not"),
        ("DELETE FROM audit_line WHERE number = 1", 0, "line 1 is missing"),
        ("DELETE FROM audit_line WHERE number = 3", 2, "line 3 is missing"),
        ("UPDATE audit_line SET number = 9 WHERE number = 4", 3, "line 4 is missing"),
        ("UPDATE audit_line SET number = 0 WHERE number = 1", 0, "line 1 is missing"),
    ],
)
async def test_the_first_bad_line_is_named(
    engine: AsyncEngine, log: SqlAuditLog, statement: str, good: int, told: str
) -> None:
    await _written(log)
    await _tamper(engine, statement)
    verdict = await log.verify()
    assert verdict.number == good
    assert told in str(verdict.fault)


async def test_bytes_that_are_no_text_are_found_too(engine: AsyncEngine, log: SqlAuditLog) -> None:
    if engine.dialect.name != "sqlite":
        return  # PostgreSQL keeps nothing but text
    await _written(log)
    await _tamper(engine, "UPDATE audit_line SET record = CAST(x'ff' AS TEXT) WHERE number = 3")
    verdict = await log.verify()
    assert (verdict.number, str(verdict.fault)[:6]) == (2, "line 3")


async def test_what_was_cut_off_the_end_is_found_by_what_was_noted_down(
    engine: AsyncEngine, log: SqlAuditLog
) -> None:
    noted = await _written(log)
    await _tamper(engine, "DELETE FROM audit_line WHERE number > 2")
    assert (await log.verify()).fault is None
    assert (await log.verify((2, "0" * 64))).fault is not None
    assert (await log.verify((noted.number, noted.hash))).fault == "line 4 is gone from the end"


RECORDS = [f'{{"number":{number},"text":"\u00e4{number}"}}' for number in range(1, 5)]


def _chain() -> list[tuple[int, str, str]]:
    lines, previous = [], BEFORE_THE_FIRST
    for number, record in enumerate(RECORDS, start=1):
        previous = link(previous, record)
        lines.append((number, record, previous))
    return lines


def _spoilt(data: st.DataObject, text: str) -> str:
    raw = bytearray(text.encode())
    spot = data.draw(st.integers(0, len(raw) - 1), "byte")
    raw[spot] ^= data.draw(st.integers(1, 255), "bits")
    return raw.decode("utf-8", "surrogateescape")


@given(data=st.data())
def test_any_change_of_any_stored_byte_is_found(data: st.DataObject) -> None:
    lines = _chain()
    place = data.draw(st.integers(0, len(lines) - 1), "line")
    column = data.draw(st.integers(0, 2), "column")
    number, record, hash = lines[place]
    if column == 0:
        number = data.draw(st.integers().filter(lambda value: value != number), "number")
    elif column == 1:
        record = _spoilt(data, record)
    else:
        hash = _spoilt(data, hash)
    lines[place] = (number, record, hash)
    assert ChainCheck().fault(lines, lambda *_: None) is not None


def test_the_chain_that_is_changed_above_is_good() -> None:
    told: list[int] = []
    check = ChainCheck()
    assert check.fault(_chain(), lambda number, _: told.append(number)) is None
    assert told == [1, 2, 3, 4]
