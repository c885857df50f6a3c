"""What tests/contract/store does not say: stores that are not ready, and connections that break."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from tests.support.databases import postgres_copy

from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.publication import publish_now
from turnout.infrastructure.persistence.published_catalog import (
    PostgresPublication,
    SqlitePublication,
    published_catalog,
)


@pytest.mark.parametrize(
    "url, kind",
    [
        ("sqlite:////tmp/x.db", SqlitePublication),
        ("sqlite+aiosqlite:///x.db", SqlitePublication),
        ("postgresql://h/d", PostgresPublication),
        ("postgresql+asyncpg://h/d", PostgresPublication),
    ],
)
def test_the_url_tells_the_reader(url: str, kind: type) -> None:
    assert isinstance(published_catalog(url), kind)


async def test_a_store_that_was_never_published_is_told(database_url: str) -> None:
    catalog = published_catalog(database_url)
    with pytest.raises(Exception, match="holds no catalog yet"):
        await catalog.revision()
    await catalog.close()


async def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(sqlite3.OperationalError):
        await published_catalog(f"sqlite:///{path}").load()
    assert not path.exists()


@pytest.fixture
def migrated_url(postgres_url: str, postgres_template: str) -> Iterator[str]:
    with postgres_copy(postgres_url, postgres_template) as url:
        yield url


async def test_a_lost_connection_is_opened_anew(migrated_url: str) -> None:
    engine = make_engine(migrated_url)
    await publish_now(engine)
    catalog = published_catalog(migrated_url)
    assert await catalog.revision() == 0
    async with engine.connect() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    await engine.dispose()
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError):
        await catalog.revision()  # the loss may have been noticed before, or is now
    assert await catalog.revision() == 0
    await catalog.close()


def test_a_worker_reads_the_catalog_without_sqlalchemy() -> None:
    program = (
        "import sys, turnout.infrastructure.persistence.published_catalog; "
        "print([m for m in ('sqlalchemy', 'alembic', 'asyncpg', 'pydantic') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "[]\n"
