"""Opens the store for one task, and closes it again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.schema_head import HEAD
from turnout.infrastructure.persistence.schema_version import MigrationRefused, is_at_head


@asynccontextmanager
async def opened_store(url: str, *, migrate: bool) -> AsyncIterator[AsyncEngine]:
    """Give an engine on the store, at the schema of this version.

    Without `migrate` the store stays as it is: a file that is not there is not made (an empty store
    in memory stands for it), and an older schema is refused. Raises MigrationRefused, ValueError.
    """
    is_new = not migrate and _is_missing_file(url)
    engine = make_engine("sqlite://" if is_new else url)
    try:
        if not await is_at_head(engine):
            if not migrate and not is_new:
                raise MigrationRefused(
                    f"the store is not at revision {HEAD}: bring it there with `turnout db upgrade`"
                )
            from turnout.infrastructure.persistence.migrate import upgrade

            await upgrade(engine)
        yield engine
    finally:
        await engine.dispose()


def _is_missing_file(url: str) -> bool:
    engine = make_engine(url)  # it checks the URL, and opens nothing yet
    if engine.dialect.name != "sqlite":
        return False
    path = make_url(url).database
    return bool(path) and path != ":memory:" and not Path(str(path)).exists()
