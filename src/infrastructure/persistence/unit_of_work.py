"""SqlUnitOfWork: a command's changes, its events and its line in the audit log, all at once."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from turnout.application.ports.history import ChangedBy, PastRevision
from turnout.application.ports.system import Clock
from turnout.domain.shared.events import DomainEvent
from turnout.infrastructure.persistence.history import change_of, remember
from turnout.infrastructure.persistence.publication import one_at_a_time, publish
from turnout.infrastructure.persistence.repositories import (
    SqlDeclarations,
    SqlFallbackChains,
    SqlProviders,
)
from turnout.infrastructure.persistence.sql_work import Noting, SqlWork, events_of

Published = Callable[[tuple[DomainEvent, ...]], None]
"""Is told what happened, once it is stored."""


class SqlUnitOfWork(SqlWork):
    """One transaction; for one command, then done with.

    `published` is called after the commit, in the same task, if anything happened. History will
    say that the change was `changed_by`'s, and the audit log what `noting` says.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        published: Published | None = None,
        *,
        changed_by: ChangedBy = ChangedBy.API,
        noting: Noting | None = None,
    ) -> None:
        super().__init__(engine, clock, noting)
        self._changed_by = changed_by
        self._published = published
        self.providers = SqlProviders(self._session, self._record)
        self.chains = SqlFallbackChains(self._session, self._record)
        self.declarations = SqlDeclarations(self._session)

    async def commit(self) -> None:
        """Store everything. Nothing is stored when this raises."""
        await super().commit()
        events = tuple(event for _, event in self._happened)
        self._happened.clear()
        if events and self._published is not None:
            self._published(events)

    async def _write_down(self) -> None:
        session, now = self._session, self._clock.epoch_seconds()
        await one_at_a_time(session)
        session.add_all(events_of(now, self._happened))
        revision, document = await publish(session)
        changes = tuple(change_of(*happened) for happened in self._happened)
        at = datetime.fromtimestamp(now, UTC)
        await remember(session, PastRevision(revision, at, self._changed_by, changes), document)
