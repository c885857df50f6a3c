from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from turnout.infrastructure.persistence.engine import make_engine, reading


@pytest.mark.parametrize(
    ("url", "dialect", "driver"),
    [
        ("sqlite://", "sqlite", "aiosqlite"),
        ("sqlite:///:memory:", "sqlite", "aiosqlite"),
        ("sqlite+aiosqlite://", "sqlite", "aiosqlite"),
        ("postgresql://u:p@127.0.0.1:1/x", "postgresql", "asyncpg"),
        ("postgres://u@127.0.0.1:1/x", "postgresql", "asyncpg"),
        ("postgresql+asyncpg://u@127.0.0.1:1/x", "postgresql", "asyncpg"),
    ],
)
async def test_plain_urls_lead_to_the_async_drivers(url: str, dialect: str, driver: str) -> None:
    engine = make_engine(url)
    assert (engine.dialect.name, engine.dialect.driver) == (dialect, driver)
    await engine.dispose()


async def test_sslmode_is_translated_for_asyncpg() -> None:
    engine = make_engine("postgresql://u@127.0.0.1:1/x?sslmode=require&application_name=t")
    assert dict(engine.url.query) == {"ssl": "require", "application_name": "t"}
    await engine.dispose()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://u:hunter2@127.0.0.1/x", "found mysql://, expected sqlite:///PATH or postgresql"),
        ("turnout.db", "not a URL, expected sqlite:///PATH"),
        ("sqlite:////no/such/folder/x.db", "the folder '/no/such/folder' does not exist"),
        ("postgresql://u:hunter2@127.0.0.1:port/x", "not a URL"),
    ],
)
def test_an_unusable_url_is_refused_in_words_without_its_password(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=r"^database url: ") as refusal:
        make_engine(url)
    assert says in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


async def test_sqlite_writes_ahead_and_enforces_foreign_keys(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/x.db")
    async with engine.connect() as connection:
        found = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        ]
    assert found == ["wal", 1, 1, 20000]
    await engine.dispose()


async def test_a_memory_database_is_one_for_all_users_of_the_engine() -> None:
    engine = make_engine("sqlite://")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE t (x INTEGER)"))
    async with engine.begin() as connection:
        await connection.execute(text("INSERT INTO t VALUES (1)"))
    async with reading(engine).connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM t"))).scalar() == 1
    await engine.dispose()


async def test_ddl_is_undone_with_its_transaction(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("CREATE TABLE half (x INTEGER)"))
        await connection.rollback()
        with pytest.raises(DBAPIError):
            await connection.execute(text("SELECT * FROM half"))


async def test_a_reading_transaction_sees_one_state_throughout(engine: AsyncEngine) -> None:
    count = text("SELECT count(*) FROM declaration")
    async with reading(engine).connect() as reader:
        before = (await reader.execute(count)).scalar()
        async with engine.begin() as writer:
            await writer.execute(text("INSERT INTO declaration VALUES ('chain:x', '0')"))
        assert (await reader.execute(count)).scalar() == before
    async with reading(engine).connect() as reader:
        assert (await reader.execute(count)).scalar() == 1
