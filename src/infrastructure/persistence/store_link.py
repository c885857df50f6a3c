"""StoreLink: SQL for workers, through the databases' own drivers.

A worker reads and writes a few rows now and then. SQLAlchemy would take it a second to import and a
third of its memory, so it is left out here; the tables are the same ones.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    import asyncpg

Row = tuple[Any, ...]
Value = str | bytes | int | float | bool | None

_BUSY_SECONDS = 2.0  # who waits for a locked file keeps those behind waiting as well
_SQLITE_REFUSES = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    OverflowError,
    UnicodeError,
)


@dataclass(frozen=True, slots=True)
class StoreLimits:
    """How much of PostgreSQL one process takes; a SQLite file is not asked for any of it.

    `pool_size` is for those who use SQLAlchemy; a StoreLink takes one connection. The server ends
    a statement, and the process stops waiting for it, after `statement_seconds`.
    """

    pool_size: int = 10
    connect_seconds: float = 5.0
    statement_seconds: float = 10.0

    def server_settings(self) -> dict[str, str]:
        """Return what a session is told when it begins."""
        return {
            "statement_timeout": str(round(self.statement_seconds * 1000)),
            "idle_in_transaction_session_timeout": str(round(self.statement_seconds * 3000)),
        }


_USUAL = StoreLimits()


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


def store_link(url: str, limits: StoreLimits = _USUAL) -> StoreLink:
    """Return the link for `sqlite:///PATH` or `postgresql://...`; nothing is opened yet."""
    path = sqlite_path(url)
    if path is not None:
        return SqliteLink(path)
    return PostgresLink(url, limits)


def asyncpg_url(url: str) -> str:
    """Return the URL of a PostgreSQL database as its driver wants it."""
    return f"postgresql://{url.partition('://')[2]}"


def sqlite_path(url: str) -> str | None:
    """Return the file of `sqlite:///PATH`, None for another database."""
    scheme, _, rest = url.partition("://")
    return rest.removeprefix("/") if scheme.startswith("sqlite") else None


class SqliteLink:
    """Holds a connection for reading and one for writing, as long as the file stays the same one.

    Whose users take turns: a connection does one thing at a time.
    """

    def __init__(self, path: str) -> None:
        self._reader = _KeptConnection(path, "PRAGMA query_only = 1")
        self._writer = _KeptConnection(path, "PRAGMA synchronous = NORMAL")
        self._reading, self._writing = asyncio.Lock(), asyncio.Lock()

    async def rows(self, query: str, *values: Value) -> list[Row]:
        """Return what `query` finds."""
        async with self._reading:
            return await asyncio.to_thread(self._rows, query, values)

    async def write(self, *statements: Statement) -> None:
        """Do all of `statements` in one transaction, or nothing."""
        async with self._writing:
            await asyncio.to_thread(self._write, statements)

    async def close(self) -> None:
        """Let go of the file."""
        async with self._reading, self._writing:
            self._reader.close()
            self._writer.close()

    def _rows(self, query: str, values: Sequence[Value]) -> list[Row]:
        with self._reader as connection:
            return connection.execute(query, values).fetchall()

    def _write(self, statements: Sequence[Statement]) -> None:
        with self._writer as connection:
            # A reader that turned writer would fail as busy; a connection that is closed halfway
            # through its transaction takes it back.
            connection.execute("BEGIN IMMEDIATE")
            try:
                for sql, rows in statements:
                    connection.executemany(sql, rows)
            except _SQLITE_REFUSES as refusal:
                raise ValuesRefused(str(refusal)) from refusal
            connection.execute("COMMIT")


class _KeptConnection:
    """Opens the file where it must, and keeps the connection until something goes wrong with it.

    A file that was taken away or replaced is noticed: what is written to it would be lost.
    """

    def __init__(self, path: str, pragma: str) -> None:
        self._path = Path(path).absolute()
        self._pragma = pragma
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def __enter__(self) -> sqlite3.Connection:
        file = self._found()
        if self._connection is None or file != self._file:
            self.close()
            # Whatever is wrong with the path, looking at it makes no file.
            self._connection = sqlite3.connect(
                f"{self._path.as_uri()}?mode=rw",
                uri=True,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
            self._connection.execute(self._pragma)
            self._file = file
        return self._connection

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self.close()

    def close(self) -> None:
        """Let go of the file; what was not committed is taken back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _found(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


class PostgresLink:
    """Holds one connection, whose users take turns, and opens another when it is lost."""

    def __init__(self, url: str, limits: StoreLimits = _USUAL) -> None:
        self._url = asyncpg_url(url)
        self._limits = limits
        self._connection: asyncpg.Connection | None = None
        self._turn = asyncio.Lock()

    async def rows(self, query: str, *values: Value) -> list[Row]:
        """Return what `query` finds."""
        async with self._connected() as connection:
            found = await connection.fetch(_numbered(query), *values)
        return [tuple(row) for row in found]

    async def write(self, *statements: Statement) -> None:
        """Do all of `statements` in one transaction, or nothing."""
        import asyncpg

        refuses = asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, UnicodeError
        async with self._connected() as connection:
            try:
                async with connection.transaction():
                    for sql, rows in statements:
                        await connection.executemany(_numbered(sql), rows)
            except refuses as refusal:
                raise ValuesRefused(str(refusal)) from refusal

    async def close(self) -> None:
        """Close the connection."""
        async with self._turn:
            connection, self._connection = self._connection, None
            if connection is not None and not connection.is_closed():
                await connection.close(timeout=self._limits.statement_seconds)

    @asynccontextmanager
    async def _connected(self) -> "AsyncIterator[asyncpg.Connection]":
        import asyncpg

        async with self._turn:
            if self._connection is None or self._connection.is_closed():
                self._connection = await asyncpg.connect(
                    self._url,
                    timeout=self._limits.connect_seconds,
                    command_timeout=self._limits.statement_seconds,
                    server_settings=self._limits.server_settings(),
                )
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
