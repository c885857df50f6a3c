"""StoreLink: SQL for workers, through the databases' own drivers.

A worker reads and writes a few rows now and then. SQLAlchemy would take it a second to import and a
third of its memory, so it is left out here; the tables are the same ones.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    import asyncpg

Row = tuple[Any, ...]
Value = str | bytes | int | float | bool | None

_BUSY_SECONDS = 5.0
_SQLITE_REFUSES = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    OverflowError,
    UnicodeError,
)
_QUERY_SECONDS = 10.0


class ValuesRefused(Exception):
    """The database is there, and will never take these values. `args` are the driver's words."""


class Statement(NamedTuple):
    """What to write: one statement, done once for each of `rows`."""

    sql: str
    rows: Sequence[Sequence[Value]]


class StoreLink(Protocol):
    """Reads and writes the store. A value's place is written `?`, and `?` means nothing else.

    Tables that are written through it keep to types that both databases take as they are: text,
    whole numbers, epoch seconds as floating point. All methods raise what the driver raises, but
    ValuesRefused where trying again is of no use.
    """

    async def rows(self, query: str, *values: Value) -> list[Row]:
        """Return what `query` finds."""
        ...

    async def write(self, *statements: Statement) -> None:
        """Do all of `statements` in one transaction, or nothing."""
        ...

    async def close(self) -> None:
        """Let go of the database; the next use opens it anew."""
        ...


def store_link(url: str) -> StoreLink:
    """Return the link for `sqlite:///PATH` or `postgresql://...`; nothing is opened yet."""
    path = sqlite_path(url)
    if path is not None:
        return SqliteLink(path)
    return PostgresLink(f"postgresql://{url.partition('://')[2]}")


def sqlite_path(url: str) -> str | None:
    """Return the file of `sqlite:///PATH`, None for another database."""
    scheme, _, rest = url.partition("://")
    return rest.removeprefix("/") if scheme.startswith("sqlite") else None


class SqliteLink:
    """Opens the file for each use: cheap, and nothing is held while nobody asks."""

    def __init__(self, path: str) -> None:
        # Whatever is wrong with the path, looking at it makes no file.
        self._uri = f"{Path(path).absolute().as_uri()}?mode=rw"

    async def rows(self, query: str, *values: Value) -> list[Row]:
        """Return what `query` finds."""
        return await asyncio.to_thread(self._rows, query, values)

    async def write(self, *statements: Statement) -> None:
        """Do all of `statements` in one transaction, or nothing."""
        await asyncio.to_thread(self._write, statements)

    async def close(self) -> None:
        """Nothing is held."""

    def _rows(self, query: str, values: Sequence[Value]) -> list[Row]:
        with closing(self._open()) as connection:
            connection.execute("PRAGMA query_only = 1")
            return connection.execute(query, values).fetchall()

    def _write(self, statements: Sequence[Statement]) -> None:
        with closing(self._open()) as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
            # A reader that turned writer would fail as busy; a connection that is closed halfway
            # through its transaction takes it back.
            connection.execute("BEGIN IMMEDIATE")
            try:
                for sql, rows in statements:
                    connection.executemany(sql, rows)
            except _SQLITE_REFUSES as refusal:
                raise ValuesRefused(str(refusal)) from refusal
            connection.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)


class PostgresLink:
    """Holds one connection, whose users take turns, and opens another when it is lost."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: asyncpg.Connection | None = None
        self._turn = asyncio.Lock()

    async def rows(self, query: str, *values: Value) -> list[Row]:
        """Return what `query` finds."""
        async with self._connected() as connection:
            found = await connection.fetch(_numbered(query), *values, timeout=_QUERY_SECONDS)
        return [tuple(row) for row in found]

    async def write(self, *statements: Statement) -> None:
        """Do all of `statements` in one transaction, or nothing."""
        import asyncpg

        refuses = asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, UnicodeError
        async with self._connected() as connection:
            try:
                async with connection.transaction():
                    for sql, rows in statements:
                        await connection.executemany(_numbered(sql), rows, timeout=_QUERY_SECONDS)
            except refuses as refusal:
                raise ValuesRefused(str(refusal)) from refusal

    async def close(self) -> None:
        """Close the connection."""
        async with self._turn:
            connection, self._connection = self._connection, None
            if connection is not None and not connection.is_closed():
                await connection.close(timeout=_QUERY_SECONDS)

    @asynccontextmanager
    async def _connected(self) -> "AsyncIterator[asyncpg.Connection]":
        import asyncpg

        async with self._turn:
            if self._connection is None or self._connection.is_closed():
                self._connection = await asyncpg.connect(self._url, timeout=_QUERY_SECONDS)
            try:
                yield self._connection
            except Exception:
                # It may be broken and not know yet: the next use begins afresh.
                self._connection.terminate()
                self._connection = None
                raise


def _numbered(sql: str) -> str:
    """Write PostgreSQL's `$1`, `$2` for each `?`."""
    numbers = count(1)
    first, *rest = sql.split("?")
    return first + "".join(f"${next(numbers)}{part}" for part in rest)
