"""Fresh migrated databases: one template is migrated, each test gets a copy of it.

Nothing here is async, so that an async fixture can depend on it.
"""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.migrate import upgrade


def migrated_sqlite(path: Path) -> Path:
    """Make a database file at the newest migration."""
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@contextmanager
def migrated_postgres(server_url: str) -> Iterator[str]:
    """The name of a database at the newest migration, made on the server and dropped afterwards."""
    with _database(server_url, "CREATE DATABASE {name}") as name:
        asyncio.run(_migrate(at_database(server_url, name)))
        yield name


@contextmanager
def postgres_copy(server_url: str, template: str) -> Iterator[str]:
    """The URL of a copy of a template database, dropped afterwards with whoever is connected."""
    create = f"CREATE DATABASE {{name}} TEMPLATE {template} STRATEGY FILE_COPY"
    with _database(server_url, create) as name:
        yield at_database(server_url, name)


@contextmanager
def empty_postgres(server_url: str) -> Iterator[str]:
    """The URL of a database without tables, dropped afterwards."""
    with _database(server_url, "CREATE DATABASE {name}") as name:
        yield at_database(server_url, name)


def at_database(server_url: str, name: str) -> str:
    """The same server's URL with another database name."""
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def _database(server_url: str, create: str) -> Iterator[str]:
    name = f"turnout_{secrets.token_hex(6)}"
    asyncio.run(_execute(server_url, create.format(name=name)))
    try:
        yield name
    finally:
        asyncio.run(_execute(server_url, f"DROP DATABASE {name} WITH (FORCE)"))


async def _execute(server_url: str, statement: str) -> None:
    engine = make_engine(server_url).execution_options(isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


async def _migrate(url: str) -> None:
    engine = make_engine(url)
    await upgrade(engine)
    await engine.dispose()
