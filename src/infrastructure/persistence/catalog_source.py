"""SqlCatalogSource: what a worker compiles its snapshot from."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from turnout.application.ports.catalog_source import StoredCatalog
from turnout.infrastructure.persistence.engine import reading
from turnout.infrastructure.persistence.publication import CATALOG_REVISION
from turnout.infrastructure.persistence.rows import chain_from, provider_from
from turnout.infrastructure.persistence.tables import StoredChain, StoredProvider


class SqlCatalogSource:
    """Reads only, each time in one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)

    async def revision(self) -> int:
        """Return the id of the catalog's latest event, 0 when nothing has happened yet."""
        async with self._engine.connect() as connection:
            return (await connection.execute(CATALOG_REVISION)).scalar_one()

    async def load(self) -> StoredCatalog:
        """Return everything as of one revision, by id."""
        async with AsyncSession(self._engine) as session:
            revision = (await session.execute(CATALOG_REVISION)).scalar_one()
            providers = map(provider_from, await session.scalars(select(StoredProvider)))
            chains = map(chain_from, await session.scalars(select(StoredChain)))
            return StoredCatalog(
                revision,
                tuple(sorted(providers, key=lambda provider: provider.id)),
                tuple(sorted(chains, key=lambda chain: chain.id)),
            )
