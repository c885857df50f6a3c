"""The ports of one store, whatever is behind them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.fakes.store import FakeCatalogSource, FakeChainView, FakeProviderView, FakeStore
from tests.fakes.system import FrozenClock
from turnout.application.ports.catalog_source import CatalogSource
from turnout.application.ports.unit_of_work import UnitOfWork
from turnout.application.ports.views import ChainView, ProviderView
from turnout.domain.catalog.provider import Provider, ProviderSettings
from turnout.domain.routing.fallback_chain import ChainRules, FallbackChain
from turnout.domain.shared.events import DomainEvent
from turnout.domain.shared.ids import ChainId, ProviderId
from turnout.infrastructure.persistence.catalog_source import SqlCatalogSource
from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.publication import publish_now
from turnout.infrastructure.persistence.published_catalog import LinkedCatalog
from turnout.infrastructure.persistence.store_link import store_link
from turnout.infrastructure.persistence.unit_of_work import SqlUnitOfWork
from turnout.infrastructure.persistence.views import SqlChainView, SqlProviderView


@dataclass(frozen=True, slots=True)
class Store:
    """`published` are the events told after each commit, `publication` is what workers read."""

    begin: Callable[[], UnitOfWork]
    source: CatalogSource
    publication: CatalogSource
    providers: ProviderView
    chains: ChainView
    published: list[DomainEvent]

    async def register(self, name: str, settings: ProviderSettings) -> None:
        async with self.begin() as work:
            await work.providers.save(Provider.register(ProviderId(name), settings))
            await work.commit()

    async def define(self, name: str, rules: ChainRules) -> None:
        async with self.begin() as work:
            await work.chains.save(FallbackChain.define(ChainId(name), rules))
            await work.commit()

    async def declare(self, key: str, digest: str) -> None:
        async with self.begin() as work:
            await work.declarations.put(key, digest)
            await work.commit()


@asynccontextmanager
async def fake_store() -> AsyncIterator[Store]:
    published: list[DomainEvent] = []
    fake = FakeStore(published=published.extend)
    source = FakeCatalogSource(fake)
    views = FakeProviderView(fake), FakeChainView(fake)
    yield Store(fake.begin, source, source, *views, published)


@asynccontextmanager
async def sql_store(url: str) -> AsyncIterator[Store]:
    published: list[DomainEvent] = []
    engine = make_engine(url)

    def begin() -> SqlUnitOfWork:
        return SqlUnitOfWork(engine, FrozenClock(), published.extend)

    await publish_now(engine)  # as the start of the gateway does
    publication = LinkedCatalog(store_link(url))
    views = SqlProviderView(engine), SqlChainView(engine)
    yield Store(begin, SqlCatalogSource(engine), publication, *views, published)
    await publication.close()
    await engine.dispose()
