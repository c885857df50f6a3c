"""Publishing, in the transaction that has changed the catalog."""

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from tests.fakes.system import FrozenClock
from tests.support.catalog import OPENAI, plain_settings

from turnout.domain.catalog.provider import Provider
from turnout.infrastructure.persistence.document import decode_catalog
from turnout.infrastructure.persistence.publication import publish_now
from turnout.infrastructure.persistence.tables import StoredPublication
from turnout.infrastructure.persistence.unit_of_work import SqlUnitOfWork


async def published(engine: AsyncEngine) -> StoredPublication | None:
    async with AsyncSession(engine) as session:
        assert (await session.scalar(select(func.count()).select_from(StoredPublication))) in (0, 1)
        return await session.scalar(select(StoredPublication))


async def register(engine: AsyncEngine) -> None:
    async with SqlUnitOfWork(engine, FrozenClock()) as work:
        await work.providers.save(Provider.register(OPENAI, plain_settings(OPENAI, "m")))
        await work.commit()


async def test_a_commit_publishes_what_it_has_changed(engine: AsyncEngine) -> None:
    await register(engine)
    found = await published(engine)
    assert found is not None
    assert found.revision == 1
    (provider,) = decode_catalog(found.revision, found.document).providers
    assert (provider.id, provider.settings) == (OPENAI, plain_settings(OPENAI, "m"))


async def test_what_is_rolled_back_is_not_published(engine: AsyncEngine) -> None:
    with pytest.raises(ZeroDivisionError):
        async with SqlUnitOfWork(engine, FrozenClock()) as work:
            await work.providers.save(Provider.register(OPENAI, plain_settings(OPENAI, "m")))
            raise ZeroDivisionError
    assert await published(engine) is None


async def test_a_missing_document_is_made_up_for_at_the_start(engine: AsyncEngine) -> None:
    await register(engine)
    before = await published(engine)
    async with AsyncSession(engine) as session, session.begin():
        await session.execute(delete(StoredPublication))
    await publish_now(engine)
    after = await published(engine)
    assert before is not None
    assert after is not None
    assert (after.revision, after.document) == (before.revision, before.document)
