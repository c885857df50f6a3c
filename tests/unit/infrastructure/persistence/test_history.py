"""Past revisions, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from tests.fakes.system import FrozenClock
from tests.support.catalog import OPENAI, plain_settings

from turnout.application.ports.history import ChangedBy, PastChange
from turnout.domain.catalog.provider import Provider
from turnout.infrastructure.persistence.history import KEPT_REVISIONS, SqlHistory
from turnout.infrastructure.persistence.publication import publish_now
from turnout.infrastructure.persistence.tables import StoredPastRevision
from turnout.infrastructure.persistence.unit_of_work import SqlUnitOfWork

SETTINGS = plain_settings(OPENAI, "m")


async def put(engine: AsyncEngine, weight: int, changed_by: ChangedBy = ChangedBy.API) -> None:
    async with SqlUnitOfWork(engine, FrozenClock(), changed_by=changed_by) as work:
        provider = await work.providers.get(OPENAI)
        settings = replace(SETTINGS, weight=weight)
        if provider is None:
            provider = Provider.register(OPENAI, settings)
        else:
            provider.revise(settings)
        await work.providers.save(provider)
        await work.commit()


async def test_each_change_is_told_newest_first_with_whose_it_was(engine: AsyncEngine) -> None:
    await put(engine, 1, ChangedBy.FILE)
    await put(engine, 2)
    newer, older = await SqlHistory(engine).revisions()
    assert (older.revision, older.changed_by) == (1, ChangedBy.FILE)
    assert older.changes == (PastChange("provider:openai", "ProviderRegistered"),)
    assert (newer.revision, newer.changed_by) == (2, ChangedBy.API)
    assert newer.changes == (PastChange("provider:openai", "ProviderRevised", ("weight",)),)
    assert newer.at == datetime.fromtimestamp(FrozenClock().epoch_seconds(), UTC)


async def test_the_catalog_of_a_past_revision_can_be_had(engine: AsyncEngine) -> None:
    await put(engine, 1)
    await put(engine, 2)
    history = SqlHistory(engine)
    for revision in (1, 2):
        catalog = await history.catalog(revision)
        assert catalog is not None
        assert catalog.revision == revision
        assert catalog.providers[0].settings == replace(SETTINGS, weight=revision)
    assert await history.catalog(3) is None


async def test_only_the_newest_are_kept(engine: AsyncEngine) -> None:
    for weight in range(1, KEPT_REVISIONS + 4):
        await put(engine, weight)
    kept = [past.revision for past in await SqlHistory(engine).revisions()]
    assert kept == list(range(KEPT_REVISIONS + 3, 3, -1))


async def test_a_store_older_than_its_history_begins_one_at_the_start(engine: AsyncEngine) -> None:
    await put(engine, 1)
    async with AsyncSession(engine) as session, session.begin():
        await session.execute(delete(StoredPastRevision))
    for _ in range(2):
        await publish_now(engine)
    (past,) = await SqlHistory(engine).revisions()
    assert (past.revision, past.changed_by, past.changes) == (1, ChangedBy.UNKNOWN, ())
    assert await SqlHistory(engine).catalog(1) is not None


async def test_an_empty_store_has_none(engine: AsyncEngine) -> None:
    await publish_now(engine)
    assert await SqlHistory(engine).revisions() == []
    async with AsyncSession(engine) as session:
        assert await session.scalar(select(func.count()).select_from(StoredPastRevision)) == 0
