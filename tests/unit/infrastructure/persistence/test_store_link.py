"""Reading and writing through the drivers alone, on both databases."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from turnout.infrastructure.persistence.store_link import (
    PostgresLink,
    SqliteLink,
    Statement,
    StoreLink,
    ValuesRefused,
    store_link,
)

PUT = "INSERT INTO declaration (key, digest) VALUES (?, ?)"
COUNT = "SELECT count(*) FROM declaration"


@pytest.fixture
async def link(database_url: str) -> AsyncIterator[StoreLink]:
    link = store_link(database_url)
    yield link
    await link.close()


@pytest.mark.parametrize(
    "url, kind",
    [
        ("sqlite:////tmp/x.db", SqliteLink),
        ("sqlite+aiosqlite:///x.db", SqliteLink),
        ("postgresql://h/d", PostgresLink),
        ("postgresql+asyncpg://h/d", PostgresLink),
    ],
)
def test_the_url_tells_the_link(url: str, kind: type) -> None:
    assert isinstance(store_link(url), kind)


async def test_what_was_written_is_read(link: StoreLink) -> None:
    await link.write(Statement(PUT, [("a", "1"), ("b", "2")]), Statement(PUT, [("c", "3")]))
    query = "SELECT key, digest FROM declaration WHERE key > ? AND digest <> ? ORDER BY key"
    assert await link.rows(query, "a", "9") == [("b", "2"), ("c", "3")]


async def test_a_statement_that_fails_takes_the_others_back(link: StoreLink) -> None:
    with pytest.raises(ValuesRefused):
        await link.write(Statement(PUT, [("a", "1")]), Statement(PUT, [("b", "2"), ("b", "3")]))
    assert await link.rows(COUNT) == [(0,)]


@pytest.mark.parametrize("value", [2**80, "\ud800", None])
async def test_values_that_no_column_takes_are_told_from_trouble(
    link: StoreLink, value: int | str | None
) -> None:
    with pytest.raises(ValuesRefused):
        await link.write(Statement(PUT, [("a", value)]))
    assert await link.rows(COUNT) == [(0,)]


async def test_many_use_one_link_at_once(link: StoreLink) -> None:
    await asyncio.gather(*(link.write(Statement(PUT, [(f"k{n}", "x")])) for n in range(20)))
    assert await link.rows(COUNT) == [(20,)]


async def test_a_closed_link_opens_again(link: StoreLink) -> None:
    assert await link.rows(COUNT) == [(0,)]
    await link.close()
    assert await link.rows(COUNT) == [(0,)]


async def test_a_query_cannot_write_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    path.touch()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await store_link(f"sqlite:///{path}").rows("CREATE TABLE t (x)")


async def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(sqlite3.OperationalError):
        await store_link(f"sqlite:///{path}").rows(COUNT)
    assert not path.exists()


def _put_anew(path: Path, template: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    path.write_bytes(template.read_bytes())


async def test_a_file_that_was_replaced_is_opened_anew(
    tmp_path: Path, sqlite_template: Path
) -> None:
    path = tmp_path / "some.db"
    _put_anew(path, sqlite_template)
    link = store_link(f"sqlite:///{path}")
    await link.write(Statement(PUT, [("a", "1")]))
    _put_anew(path, sqlite_template)
    await link.write(Statement(PUT, [("b", "1")]))
    assert await link.rows("SELECT key FROM declaration") == [("b",)]
    await link.close()


async def test_a_lost_connection_is_opened_anew(empty_postgres_url: str) -> None:
    link, other = store_link(empty_postgres_url), store_link(empty_postgres_url)
    assert await link.rows("SELECT 1") == [(1,)]
    await other.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await other.close()
    with suppress(Exception):
        await link.rows("SELECT 1")  # the loss may have been noticed before, or is now
    assert await link.rows("SELECT 1") == [(1,)]
    await link.close()
