"""Fixtures for every test: real servers, fresh databases, and no way out of this machine.

The fixtures that choose a database are plain functions: an async fixture cannot ask for another by
name while the loop is running.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.support import network_guard, services
from tests.support.databases import (
    empty_postgres,
    migrated_postgres,
    migrated_sqlite,
    postgres_copy,
)
from turnout.infrastructure.persistence.engine import make_engine

network_guard.install()


@pytest.fixture(autouse=True)
def _stays_on_this_machine() -> Iterator[None]:
    with network_guard.no_outside_connections():
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The server's own database, by asyncpg; make your own beside it, never write to this one."""
    with services.postgres() as url:
        yield url.replace("postgresql:", "postgresql+asyncpg:", 1)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Valkey, shared by the tests of this process: use key names of your own."""
    with services.valkey() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to copy."""
    return migrated_sqlite(tmp_path_factory.mktemp("sqlite") / "template.db")


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """The name of a migrated database on the server, to copy."""
    with migrated_postgres(postgres_url) as name:
        yield name


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh migrated database of one's own: the test runs once on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        yield f"sqlite+aiosqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_url")
    with postgres_copy(server, request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_url: str) -> Iterator[str]:
    """The URL of a PostgreSQL database without tables, for tests of migrations."""
    with empty_postgres(postgres_url) as url:
        yield url


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on `database_url`, closed afterwards."""
    engine = make_engine(database_url)
    yield engine
    await engine.dispose()
