"""Publishes the catalog for workers, in the transaction that has changed it."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from turnout.infrastructure.persistence.document import encode_catalog
from turnout.infrastructure.persistence.rows import chain_from, provider_from
from turnout.infrastructure.persistence.tables import (
    StoredChain,
    StoredEvent,
    StoredProvider,
    StoredPublication,
)

ONLY_ROW = 1


async def publish(session: AsyncSession) -> None:
    """Write what the session sees as the catalog of its latest revision."""
    await session.flush()
    newest = select(func.coalesce(func.max(StoredEvent.id), 0))
    revision = (await session.execute(newest)).scalar_one()
    providers = map(provider_from, await session.scalars(select(StoredProvider)))
    chains = map(chain_from, await session.scalars(select(StoredChain)))
    document = encode_catalog(providers, chains)
    await session.merge(StoredPublication(id=ONLY_ROW, revision=revision, document=document))


async def publish_now(engine: AsyncEngine) -> None:
    """Publish once more: after a migration the document may be missing, or of an older form."""
    async with AsyncSession(engine) as session, session.begin():
        await publish(session)
