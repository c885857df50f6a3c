"""What a store needs before it can be served from, told with the databases' own drivers.

Most starts find everything as they want it, and should not have to import SQLAlchemy to see that.
"""

import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from enum import StrEnum
from pathlib import Path

from turnout.infrastructure.persistence.store_link import sqlite_path

_HEAD = "SELECT version_num FROM alembic_version"
_DECLARED = "SELECT key, digest FROM declaration"
_PUBLISHED = "SELECT count(*) FROM publication"
_SECONDS = 5.0


class StoreState(StrEnum):
    """How a store stands to a configuration."""

    EMPTY = "empty"
    """Nothing is there yet: what the file declares is all that there will be."""
    CURRENT = "current"
    """This version's schema, and just what the file declares was applied last."""
    BEHIND = "behind"
    """Something is to be migrated, or applied."""


async def store_state(url: str, head: str, declared: Mapping[str, str]) -> StoreState:
    """Look at the store at `url`; `head` is the schema wanted, `declared` the file's digests.

    Raises what connecting raises.
    """
    path = sqlite_path(url)
    if path is not None:
        return await asyncio.to_thread(_sqlite_state, Path(path), head, declared)
    return await _postgres_state(f"postgresql://{url.partition('://')[2]}", head, declared)


def _sqlite_state(path: Path, head: str, declared: Mapping[str, str]) -> StoreState:
    if not path.exists() or path.stat().st_size == 0:
        return StoreState.EMPTY
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, timeout=_SECONDS)) as connection:
        connection.execute("PRAGMA query_only = 1")
        try:
            schema = connection.execute(_HEAD).fetchone()
            digests = dict(connection.execute(_DECLARED).fetchall())
            published = connection.execute(_PUBLISHED).fetchone()
        except sqlite3.OperationalError:
            return StoreState.BEHIND
    return _judged(schema and schema[0], digests, published[0], head, declared)


async def _postgres_state(url: str, head: str, declared: Mapping[str, str]) -> StoreState:
    import asyncpg

    connection = await asyncpg.connect(url, timeout=_SECONDS)
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return StoreState.EMPTY
        schema = await connection.fetchval(_HEAD)
        digests = {row["key"]: row["digest"] for row in await connection.fetch(_DECLARED)}
        published = await connection.fetchval(_PUBLISHED)
    except asyncpg.UndefinedTableError:
        return StoreState.BEHIND
    finally:
        await connection.close()
    return _judged(schema, digests, published, head, declared)


def _judged(
    schema: str | None,
    digests: Mapping[str, str],
    published: int,
    head: str,
    declared: Mapping[str, str],
) -> StoreState:
    if schema == head and published and digests == dict(declared):
        return StoreState.CURRENT
    return StoreState.BEHIND
