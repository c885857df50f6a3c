"""Opens the store: one URL in, an engine out that writes and reads safely on either database."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, AsyncAdaptedQueuePool, Connection, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine as AsyncEngine
from sqlalchemy.ext.asyncio import create_async_engine

from turnout.infrastructure.persistence.store_link import StoreLimits

StoreEngine = AsyncEngine
"""What `make_engine` returns, for those who only hand it on: SQL is this room's alone."""
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_PRAGMAS = (
    "busy_timeout=20000",  # first: the next one may have to wait for another process
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
)
_READS_ONLY = "turnout_reads_only"


def make_engine(url: str, limits: StoreLimits | None = None) -> AsyncEngine:
    """Return an engine for `sqlite:///PATH`, `sqlite://` (in memory) or `postgresql://...`.

    Without `limits`, PostgreSQL may take as long as it needs: what migrates a store should not be
    cut short.
    Nothing is connected yet. An in-memory database lives in the engine's only connection, which its
    users take in turn. Raises ValueError for a URL that cannot be used; the password is not in it.
    """
    target = _target(url)
    if target.get_backend_name() == "postgresql":
        return create_async_engine(target, pool_pre_ping=True, **_limited(limits))
    if _is_in_memory(target):
        engine = create_async_engine(
            target, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0
        )
    else:
        engine = create_async_engine(target)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def reading(engine: AsyncEngine) -> AsyncEngine:
    """Return `engine` as one whose transactions only read, and see one state throughout."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{_READS_ONLY: True})
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _limited(limits: StoreLimits | None) -> dict[str, Any]:
    if limits is None:
        return {}
    return {
        "pool_size": limits.pool_size,
        "max_overflow": 0,
        "pool_timeout": limits.connect_seconds,
        "connect_args": {
            "timeout": limits.connect_seconds,
            "command_timeout": limits.statement_seconds,
            "server_settings": limits.server_settings(),
        },
    }


def _target(url: str) -> URL:
    try:
        target = make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError(
            "database url: not a URL, expected sqlite:///PATH or postgresql://USER@HOST/NAME"
        ) from None
    driver = _DRIVERS.get(target.drivername)
    if driver is None:
        raise ValueError(
            f"database url: found {target.drivername}://, expected sqlite:///PATH or "
            "postgresql://USER@HOST/NAME"
        )
    target = target.set(drivername=driver)
    if target.get_backend_name() == "sqlite":
        _check_folder(target)
        return target
    return _with_asyncpg_words(target)


def _check_folder(target: URL) -> None:
    if _is_in_memory(target) or str(target.database).startswith("file:"):
        return
    folder = Path(str(target.database)).parent
    if not folder.is_dir():
        raise ValueError(f"database url: the folder {str(folder)!r} does not exist")


def _with_asyncpg_words(target: URL) -> URL:
    """Translate libpq's `sslmode`, which people copy from elsewhere, to what asyncpg calls it."""
    query = dict(target.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return target.set(query=query)


def _is_in_memory(target: URL) -> bool:
    return target.database in (None, "", ":memory:") or "mode=memory" in str(target.database)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # sqlite3's own BEGIN leaves DDL outside of transactions
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE takes the write lock at once: a reader that turned writer would fail as busy.
    only_reads = connection.get_execution_options().get(_READS_ONLY, False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")
