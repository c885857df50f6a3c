"""Each test gets a migrated database of its own, on SQLite and on PostgreSQL."""

from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from turnout.infrastructure.persistence.engine import make_engine


async def test_the_database_is_at_the_newest_migration(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        tables = await connection.run_sync(lambda inner: inspect(inner).get_table_names())
    assert {"alembic_version", "provider"} <= set(tables)


async def test_what_one_test_writes_another_does_not_see_first(engine: AsyncEngine) -> None:
    await _make_a_table_nobody_has(engine)


async def test_what_one_test_writes_another_does_not_see_second(engine: AsyncEngine) -> None:
    await _make_a_table_nobody_has(engine)


async def _make_a_table_nobody_has(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        before = await connection.run_sync(lambda inner: inspect(inner).get_table_names())
        await connection.execute(text("CREATE TABLE only_here (id INTEGER)"))
    assert "only_here" not in before


async def test_an_empty_postgres_database_has_no_tables(empty_postgres_url: str) -> None:
    engine = make_engine(empty_postgres_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(lambda inner: inspect(inner).get_table_names()) == []
    await engine.dispose()
