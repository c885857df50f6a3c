"""PublishedCatalog: the catalog as workers read it, with the databases' own drivers.

A worker reads one row now and then. SQLAlchemy would take it a second to import and a third of its
memory, so it is left out here; `SqlCatalogSource` reads the same with it.
"""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from turnout.application.ports.catalog_source import CatalogSource, StoredCatalog
from turnout.infrastructure.persistence.document import decode_catalog

if TYPE_CHECKING:
    import asyncpg

_SELECT = "SELECT revision, document FROM publication"
_REVISION = "SELECT revision FROM publication"
_BUSY_SECONDS = 5.0
_QUERY_SECONDS = 10.0


class _Unpublished(Exception):
    """The store has never been published: it is empty, or not migrated."""


class PublishedCatalog(CatalogSource, Protocol):
    """A CatalogSource that can be closed."""

    async def close(self) -> None:
        """Let go of the database."""
        ...


def published_catalog(url: str) -> PublishedCatalog:
    """Return the reader for `sqlite:///PATH` or `postgresql://...`; nothing is opened yet."""
    path = sqlite_path(url)
    if path is not None:
        return SqlitePublication(path)
    return PostgresPublication(f"postgresql://{url.partition('://')[2]}")


def sqlite_path(url: str) -> str | None:
    """Return the file of `sqlite:///PATH`, None for another database."""
    scheme, _, rest = url.partition("://")
    return rest.removeprefix("/") if scheme.startswith("sqlite") else None


class SqlitePublication:
    """Opens the file for each look: cheap, and nothing is held while nobody asks."""

    def __init__(self, path: str) -> None:
        self._path = path
        # Whatever is wrong with the path, looking at it makes no file.
        self._uri = f"{Path(path).absolute().as_uri()}?mode=rw"

    async def revision(self) -> int:
        """Return the number of the latest change."""
        return int((await asyncio.to_thread(self._row, _REVISION))[0])

    async def load(self) -> StoredCatalog:
        """Return everything as of one revision."""
        revision, document = await asyncio.to_thread(self._row, _SELECT)
        return decode_catalog(revision, document)

    async def close(self) -> None:
        """Nothing is held."""

    def _row(self, query: str) -> tuple[int, str]:
        with closing(sqlite3.connect(self._uri, uri=True, timeout=_BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA query_only = 1")
            row: tuple[int, str] | None = connection.execute(query).fetchone()
        if row is None:
            raise _Unpublished(f"{self._path} holds no catalog yet")
        return row


class PostgresPublication:
    """Holds one connection, and opens another when it is lost."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: asyncpg.Connection | None = None

    async def revision(self) -> int:
        """Return the number of the latest change."""
        return int((await self._row(_REVISION))[0])

    async def load(self) -> StoredCatalog:
        """Return everything as of one revision."""
        revision, document = await self._row(_SELECT)
        return decode_catalog(revision, document)

    async def close(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            await connection.close()

    async def _row(self, query: str) -> "asyncpg.Record":
        import asyncpg

        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url, timeout=_QUERY_SECONDS)
        row = await self._connection.fetchrow(query, timeout=_QUERY_SECONDS)
        if row is None:
            raise _Unpublished("the store holds no catalog yet")
        return row
