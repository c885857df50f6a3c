"""Publishes the catalog for workers, in the transaction that has changed it."""

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from turnout.application.ports.history import ChangedBy, PastRevision
from turnout.infrastructure.persistence.document import encode_catalog
from turnout.infrastructure.persistence.history import remember
from turnout.infrastructure.persistence.rows import chain_from, provider_from
from turnout.infrastructure.persistence.tables import (
    StoredChain,
    StoredEvent,
    StoredProvider,
    StoredPublication,
)

ONLY_ROW = 1

CATALOG_REVISION = select(func.coalesce(func.max(StoredEvent.id), 0)).where(
    or_(StoredEvent.aggregate.like("provider:%"), StoredEvent.aggregate.like("chain:%"))
)
"""The last change of the catalog; what happens to access keys is no reason to compile it anew."""


async def one_at_a_time(session: AsyncSession) -> None:
    """Let no other transaction number events or publish until this one has ended.

    PostgreSQL hands out numbers before the commit: without the lock a worker could see 8, and never
    look at 7, which was committed later. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("LOCK TABLE event IN SHARE ROW EXCLUSIVE MODE"))


async def publish(session: AsyncSession) -> tuple[int, str]:
    """Write what the session sees as the catalog of its latest revision; return that and the text.

    The session must be the only one that publishes.
    """
    await session.flush()
    revision = (await session.execute(CATALOG_REVISION)).scalar_one()
    providers = map(provider_from, await session.scalars(select(StoredProvider)))
    chains = map(chain_from, await session.scalars(select(StoredChain)))
    document = encode_catalog(providers, chains)
    await session.merge(StoredPublication(id=ONLY_ROW, revision=revision, document=document))
    return revision, document


async def publish_now(engine: AsyncEngine) -> None:
    """Publish once more: after a migration the document may be missing, or of an older form."""
    async with AsyncSession(engine) as session, session.begin():
        await one_at_a_time(session)
        revision, document = await publish(session)
        event = await session.get(StoredEvent, revision)
        if event is not None:
            past = PastRevision(revision, event.at, ChangedBy.UNKNOWN, ())
            await remember(session, past, document)
