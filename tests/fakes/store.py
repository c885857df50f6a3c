"""The store in memory: what commands write to and reads look at, with the promises of the real one.

FakeStore            all that is kept
FakeUnitOfWork       writes to it, all or nothing, one at a time
FakeCatalogSource    reads it for the snapshot
FakeHistory          gives the catalogs that it was given
FakeProviderView     reads it for people
FakeChainView
"""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, TypeVar

from turnout.application.ports.catalog_source import StoredCatalog
from turnout.application.ports.history import ChangedBy, PastRevision
from turnout.application.ports.views import ChainRow, DeploymentRow, ProviderRow, TargetRow
from turnout.domain.catalog.credential import shown_credential, shown_credentials, shown_headers
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.price import Price
from turnout.domain.catalog.provider import Provider, ProviderSettings
from turnout.domain.routing.fallback_chain import ChainRules, FallbackChain
from turnout.domain.shared.events import DomainEvent
from turnout.domain.shared.ids import ChainId, ProviderId

Key = TypeVar("Key", bound=str)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything at one moment."""

    providers: dict[ProviderId, ProviderSettings] = field(default_factory=dict)
    chains: dict[ChainId, ChainRules] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    events: tuple[DomainEvent, ...] = ()

    def copy(self) -> "Contents":
        return Contents(dict(self.providers), dict(self.chains), dict(self.digests), self.events)


@dataclass(slots=True)
class FakeStore:
    """Holds what was committed; `begin` is what command handlers take."""

    contents: Contents = field(default_factory=Contents)
    published: Callable[[tuple[DomainEvent, ...]], None] | None = None
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def begin(self) -> "FakeUnitOfWork":
        return FakeUnitOfWork(self)


class FakeUnitOfWork:
    """Works on a copy that commit puts in place of the store's contents."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store
        self._happened: list[DomainEvent] = []
        self.draft = Contents()
        self.providers = FakeProviders(self)
        self.chains = FakeFallbackChains(self)
        self.declarations = FakeDeclarations(self)

    def record(self, events: tuple[DomainEvent, ...]) -> None:
        self._happened.extend(events)

    async def commit(self) -> None:
        happened = tuple(self._happened)
        self._happened.clear()
        self._store.contents = replace(self.draft, events=self.draft.events + happened)
        self.draft = self._store.contents.copy()
        if happened and self._store.published is not None:
            self._store.published(happened)

    async def __aenter__(self) -> Self:
        await self._store.writing.acquire()
        self.draft = self._store.contents.copy()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._store.writing.release()


@dataclass(frozen=True, slots=True)
class FakeProviders:
    """The draft's providers."""

    work: FakeUnitOfWork

    async def get(self, id: ProviderId) -> Provider | None:
        settings = self.work.draft.providers.get(id)
        return None if settings is None else Provider(id, settings)

    async def list(self) -> list[Provider]:
        return [Provider(id, settings) for id, settings in _by_name(self.work.draft.providers)]

    async def save(self, provider: Provider) -> None:
        self.work.draft.providers[provider.id] = provider.settings
        self.work.record(provider.collect())

    async def remove(self, provider: Provider) -> None:
        self.work.draft.providers.pop(provider.id, None)
        self.work.record(provider.collect())


@dataclass(frozen=True, slots=True)
class FakeFallbackChains:
    """The draft's chains."""

    work: FakeUnitOfWork

    async def get(self, id: ChainId) -> FallbackChain | None:
        rules = self.work.draft.chains.get(id)
        return None if rules is None else FallbackChain(id, rules)

    async def list(self) -> list[FallbackChain]:
        return [FallbackChain(id, rules) for id, rules in _by_name(self.work.draft.chains)]

    async def save(self, chain: FallbackChain) -> None:
        self.work.draft.chains[chain.id] = chain.rules
        self.work.record(chain.collect())

    async def remove(self, chain: FallbackChain) -> None:
        self.work.draft.chains.pop(chain.id, None)
        self.work.record(chain.collect())


@dataclass(frozen=True, slots=True)
class FakeDeclarations:
    """The draft's digests."""

    work: FakeUnitOfWork

    async def digests(self) -> dict[str, str]:
        return dict(self.work.draft.digests)

    async def put(self, key: str, digest: str) -> None:
        self.work.draft.digests[key] = digest

    async def remove(self, key: str) -> None:
        self.work.draft.digests.pop(key, None)


@dataclass(frozen=True, slots=True)
class FakeCatalogSource:
    """The store as of now; the revision counts events."""

    store: FakeStore

    async def revision(self) -> int:
        return len(self.store.contents.events)

    async def load(self) -> StoredCatalog:
        contents = self.store.contents
        return StoredCatalog(
            len(contents.events),
            tuple(Provider(id, settings) for id, settings in _by_name(contents.providers)),
            tuple(FallbackChain(id, rules) for id, rules in _by_name(contents.chains)),
        )


@dataclass(frozen=True, slots=True)
class FakeHistory:
    """Past catalogs, by revision."""

    catalogs: dict[int, StoredCatalog] = field(default_factory=dict)

    async def revisions(self) -> list[PastRevision]:
        long_ago = datetime.fromtimestamp(0, UTC)
        return [
            PastRevision(revision, long_ago, ChangedBy.API, ())
            for revision in sorted(self.catalogs, reverse=True)
        ]

    async def catalog(self, revision: int) -> StoredCatalog | None:
        return self.catalogs.get(revision)


@dataclass(frozen=True, slots=True)
class FakeProviderView:
    """Providers as people see them."""

    store: FakeStore

    async def list(self) -> list[ProviderRow]:
        contents = self.store.contents
        return [_provider_row(contents, id) for id, _ in _by_name(contents.providers)]

    async def get(self, name: str) -> ProviderRow | None:
        contents, id = self.store.contents, ProviderId(name)
        return _provider_row(contents, id) if id in contents.providers else None


@dataclass(frozen=True, slots=True)
class FakeChainView:
    """Chains as people see them."""

    store: FakeStore

    async def list(self) -> list[ChainRow]:
        contents = self.store.contents
        return [_chain_row(contents, id) for id, _ in _by_name(contents.chains)]

    async def get(self, name: str) -> ChainRow | None:
        contents, id = self.store.contents, ChainId(name)
        return _chain_row(contents, id) if id in contents.chains else None


def _provider_row(contents: Contents, id: ProviderId) -> ProviderRow:
    settings = contents.providers[id]
    return ProviderRow(
        name=id,
        vendor=settings.vendor,
        protocol=settings.protocol,
        base_url=settings.base_url,
        credential=shown_credential(settings.credential),
        further_credentials=shown_credentials(settings.further_credentials),
        enabled=settings.enabled,
        weight=settings.weight,
        priority=settings.priority,
        headers=shown_headers(settings.headers),
        options=settings.options,
        timeouts=asdict(settings.timeouts),
        circuit=asdict(settings.circuit),
        probe=asdict(settings.probe),
        concurrency=asdict(settings.concurrency),
        connecting=asdict(settings.connecting),
        declared=f"provider:{id}" in contents.digests,
        deployments=tuple(map(_deployment_row, settings.deployments)),
    )


def _deployment_row(deployment: Deployment) -> DeploymentRow:
    return DeploymentRow(
        model=deployment.model,
        upstream=deployment.upstream,
        aliases=deployment.aliases,
        capabilities=tuple(sorted(deployment.capabilities)),
        context_window=deployment.context_window,
        max_output_tokens=deployment.max_output_tokens,
        price=None if deployment.price is None else _price(deployment.price),
        timeouts={k: v for k, v in asdict(deployment.timeouts).items() if v is not None} or None,
    )


def _price(price: Price) -> dict[str, str]:
    return {part: str(dollars) for part, dollars in asdict(price).items() if dollars is not None}


def _chain_row(contents: Contents, id: ChainId) -> ChainRow:
    rules = contents.chains[id]
    return ChainRow(
        name=id,
        tiers=tuple(tuple(TargetRow(str(t), t.weight) for t in tier) for tier in rules.tiers),
        strategy=rules.strategy,
        deadline_seconds=rules.deadline_seconds,
        max_attempts=rules.max_attempts,
        on=None if rules.on is None else tuple(sorted(rules.on)),
        rescue=rules.rescue,
        cache=None if rules.cache is None else rules.cache.given(),
        sticky=None if rules.sticky is None else asdict(rules.sticky),
        hedge=None if rules.hedge is None else asdict(rules.hedge),
        declared=f"chain:{id}" in contents.digests,
    )


def _by_name(entries: dict[Key, Value]) -> list[tuple[Key, Value]]:
    return sorted(entries.items(), key=lambda entry: entry[0])
