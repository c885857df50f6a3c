"""What tests/contract/store does not say: the rows of events, and the order of revisions."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.fakes.system import FrozenClock
from tests.support.catalog import OPENAI, chain_of, plain_settings
from tests.support.databases import postgres_copy

from turnout.domain.catalog.provider import Provider
from turnout.domain.routing.fallback_chain import FallbackChain
from turnout.domain.shared.events import DomainEvent
from turnout.domain.shared.ids import ChainId
from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.tables import StoredEvent
from turnout.infrastructure.persistence.unit_of_work import SqlUnitOfWork

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


def _work(engine: AsyncEngine) -> SqlUnitOfWork:
    return SqlUnitOfWork(engine, FrozenClock(epoch=NOW.timestamp()))


async def test_events_are_rows_of_the_same_transaction(engine: AsyncEngine) -> None:
    async with _work(engine) as work:
        provider = Provider.register(OPENAI, plain_settings(OPENAI))
        provider.enable(False)
        await work.providers.save(provider)
        await work.chains.save(FallbackChain.define(ChainId("main"), chain_of("openai")))
        await work.commit()
    columns = StoredEvent.id, StoredEvent.at, StoredEvent.aggregate, StoredEvent.name
    async with engine.connect() as connection:
        rows = (await connection.execute(select(*columns, StoredEvent.payload))).all()
    assert [tuple(row) for row in rows] == [
        (1, NOW, "provider:openai", "ProviderRegistered", {"provider": "openai"}),
        (
            2,
            NOW,
            "provider:openai",
            "ProviderRevised",
            {"provider": "openai", "changed": ["enabled"]},
        ),
        (3, NOW, "chain:main", "FallbackChainDefined", {"chain": "main"}),
    ]


async def test_a_unit_that_is_cancelled_stores_nothing(engine: AsyncEngine) -> None:
    saved = asyncio.Event()

    async def change() -> None:
        async with _work(engine) as work:
            await work.providers.save(Provider.register(OPENAI, plain_settings(OPENAI)))
            saved.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(change())
    await saved.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with _work(engine) as work:
        assert await work.providers.list() == []


async def test_a_commit_without_events_tells_nobody(engine: AsyncEngine) -> None:
    told: list[DomainEvent] = []
    async with SqlUnitOfWork(engine, FrozenClock(), told.extend) as work:
        await work.declarations.put("chain:main", "0" * 64)
        await work.commit()
    assert told == []


@pytest.fixture
def postgres(postgres_url: str, postgres_template: str) -> Iterator[str]:
    with postgres_copy(postgres_url, postgres_template) as url:
        yield url


async def test_revisions_appear_in_their_order(postgres: str) -> None:
    """A commit waits for one that has taken a lower number, or workers would miss that one."""
    engine = make_engine(postgres)
    row = {"at": NOW, "aggregate": "chain:x", "name": "FallbackChainRemoved", "payload": {}}
    async with engine.connect() as first, engine.connect() as watcher:
        await first.execute(text("LOCK TABLE event IN SHARE ROW EXCLUSIVE MODE"))
        await first.execute(insert(StoredEvent).values(row))

        async def second() -> None:
            async with _work(engine) as work:
                await work.providers.save(Provider.register(OPENAI, plain_settings(OPENAI)))
                await work.commit()

        task = asyncio.create_task(second())
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        async with asyncio.timeout(20):
            while not (await watcher.execute(waiting)).scalar():  # the server cannot tell us
                pass
        assert not task.done()
        await first.commit()
        await task
        names = (await watcher.execute(select(StoredEvent.name).order_by(StoredEvent.id))).scalars()
        assert list(names) == ["FallbackChainRemoved", "ProviderRegistered"]
    await engine.dispose()
