"""The repositories on SQL. Each writes at once, within the transaction that it was given.

They remember the rows that they have seen, and those they have seen to be missing: a write counts
from what its command has read, so that whoever wrote in between is noticed and not overwritten.
"""

from typing import Protocol

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from turnout.domain.catalog.provider import Provider
from turnout.domain.routing.fallback_chain import FallbackChain
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.events import DomainEvent
from turnout.domain.shared.ids import ChainId, ProviderId
from turnout.infrastructure.persistence.rows import (
    chain_from,
    fill_chain,
    fill_provider,
    provider_from,
)
from turnout.infrastructure.persistence.tables import (
    StoredChain,
    StoredDeclaration,
    StoredProvider,
)


class Record(Protocol):
    """Takes an aggregate's events, to be stored on commit, and what it was before and is now.

    `entry` is `provider:NAME` or `chain:NAME`; what is not there is None.
    """

    def __call__(
        self, entry: str, events: tuple[DomainEvent, ...], *, before: object, after: object
    ) -> None: ...


class SqlProviders:
    """Providers in `provider` and `deployment`."""

    def __init__(self, session: AsyncSession, record: Record) -> None:
        self._session = session
        self._record = record
        self._seen: dict[str, StoredProvider | None] = {}

    async def get(self, id: ProviderId) -> Provider | None:
        """Return the provider, or None."""
        row = await self._row(id)
        return None if row is None else provider_from(row)

    async def list(self) -> list[Provider]:
        """Return all, by id."""
        rows = (await self._session.scalars(select(StoredProvider))).all()
        self._seen |= {row.id: row for row in rows}
        return sorted(map(provider_from, rows), key=lambda provider: provider.id)

    async def save(self, provider: Provider) -> None:
        """Insert or update. Raises DomainError `provider.changed_meanwhile`."""
        row = await self._row(provider.id)
        before = None if row is None else provider_from(row).settings
        if row is None:
            row = StoredProvider(id=provider.id, version=0)
            self._session.add(row)
            self._seen[row.id] = row
        row.version += 1
        fill_provider(row, provider.settings)
        await _flush(self._session, "provider", provider.id)
        entry, events = f"provider:{provider.id}", provider.collect()
        self._record(entry, events, before=before, after=provider.settings)

    async def remove(self, provider: Provider) -> None:
        """Delete. Raises DomainError `provider.changed_meanwhile`."""
        row = await self._row(provider.id)
        before = None if row is None else provider_from(row).settings
        if row is not None:
            await self._session.delete(row)
            self._seen[row.id] = None
            await _flush(self._session, "provider", provider.id)
        entry, events = f"provider:{provider.id}", provider.collect()
        self._record(entry, events, before=before, after=None)

    async def _row(self, id: ProviderId) -> StoredProvider | None:
        if id not in self._seen:
            self._seen[id] = await self._session.get(StoredProvider, id)
        return self._seen[id]


class SqlFallbackChains:
    """Chains in `fallback_chain` and `target`."""

    def __init__(self, session: AsyncSession, record: Record) -> None:
        self._session = session
        self._record = record
        self._seen: dict[str, StoredChain | None] = {}

    async def get(self, id: ChainId) -> FallbackChain | None:
        """Return the chain, or None."""
        row = await self._row(id)
        return None if row is None else chain_from(row)

    async def list(self) -> list[FallbackChain]:
        """Return all, by id."""
        rows = (await self._session.scalars(select(StoredChain))).all()
        self._seen |= {row.id: row for row in rows}
        return sorted(map(chain_from, rows), key=lambda chain: chain.id)

    async def save(self, chain: FallbackChain) -> None:
        """Insert or update. Raises DomainError `chain.changed_meanwhile`."""
        row = await self._row(chain.id)
        before = None if row is None else chain_from(row).rules
        if row is None:
            row = StoredChain(id=chain.id, version=0)
            self._session.add(row)
            self._seen[row.id] = row
        row.version += 1
        fill_chain(row, chain.rules)
        await _flush(self._session, "chain", chain.id)
        entry, events = f"chain:{chain.id}", chain.collect()
        self._record(entry, events, before=before, after=chain.rules)

    async def remove(self, chain: FallbackChain) -> None:
        """Delete. Raises DomainError `chain.changed_meanwhile`."""
        row = await self._row(chain.id)
        before = None if row is None else chain_from(row).rules
        if row is not None:
            await self._session.delete(row)
            self._seen[row.id] = None
            await _flush(self._session, "chain", chain.id)
        entry, events = f"chain:{chain.id}", chain.collect()
        self._record(entry, events, before=before, after=None)

    async def _row(self, id: ChainId) -> StoredChain | None:
        if id not in self._seen:
            self._seen[id] = await self._session.get(StoredChain, id)
        return self._seen[id]


class SqlDeclarations:
    """Digests in `declaration`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def digests(self) -> dict[str, str]:
        """Return the digest of every declared entry."""
        rows = await self._session.scalars(select(StoredDeclaration))
        return {row.key: row.digest for row in rows}

    async def put(self, key: str, digest: str) -> None:
        """Remember that the file declares this entry so.

        Raises DomainError `declaration.changed_meanwhile`.
        """
        await self._session.merge(StoredDeclaration(key=key, digest=digest))
        await _flush(self._session, "declaration", key)

    async def remove(self, key: str) -> None:
        """Forget an entry that the file no longer declares."""
        await self._session.execute(delete(StoredDeclaration).where(StoredDeclaration.key == key))


async def _flush(session: AsyncSession, kind: str, name: str) -> None:
    """Write what is pending; somebody else's write since we read is an error, never overwritten."""
    try:
        await session.flush()
    except (StaleDataError, IntegrityError) as error:
        raise DomainError(
            f"{kind}.changed_meanwhile",
            f"{kind} {name!r} was changed by somebody else at the same time: read it again",
        ) from error
