"""SqlUnitOfWork: a command's changes and its events in one transaction."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from turnout.application.ports.system import Clock
from turnout.domain.shared.events import DomainEvent
from turnout.infrastructure.persistence.publication import publish
from turnout.infrastructure.persistence.repositories import (
    SqlDeclarations,
    SqlFallbackChains,
    SqlProviders,
)
from turnout.infrastructure.persistence.tables import StoredEvent

Published = Callable[[tuple[DomainEvent, ...]], None]
"""Is told what happened, once it is stored."""


class SqlUnitOfWork:
    """One transaction; for one command, then done with.

    `published` is called after the commit, in the same task, if anything happened.
    """

    def __init__(
        self, engine: AsyncEngine, clock: Clock, published: Published | None = None
    ) -> None:
        self._clock = clock
        self._published = published
        self._happened: list[tuple[str, DomainEvent]] = []
        self._session = AsyncSession(engine, expire_on_commit=False, autoflush=False)
        self.providers = SqlProviders(self._session, self._record)
        self.chains = SqlFallbackChains(self._session, self._record)
        self.declarations = SqlDeclarations(self._session)

    async def commit(self) -> None:
        """Store everything. Nothing is stored when this raises."""
        await self._number_events_in_commit_order()
        now = datetime.fromtimestamp(self._clock.epoch_seconds(), UTC)
        self._session.add_all(_row(now, *happened) for happened in self._happened)
        if self._happened:
            await publish(self._session)
        await self._session.commit()
        events = tuple(event for _, event in self._happened)
        self._happened.clear()
        if events and self._published is not None:
            self._published(events)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.__aexit__(kind, error, trace)

    def _record(self, aggregate: str, events: tuple[DomainEvent, ...]) -> None:
        self._happened.extend((aggregate, event) for event in events)

    async def _number_events_in_commit_order(self) -> None:
        # PostgreSQL hands out numbers before the commit: without the lock a worker could see 8,
        # and never look at 7, which was committed later. SQLite has one writer anyway.
        if self._happened and self._session.get_bind().dialect.name == "postgresql":
            await self._session.execute(text("LOCK TABLE event IN SHARE ROW EXCLUSIVE MODE"))


def _row(at: datetime, aggregate: str, event: DomainEvent) -> StoredEvent:
    return StoredEvent(at=at, aggregate=aggregate, name=type(event).__name__, payload=asdict(event))
