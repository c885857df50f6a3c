"""SqlUnitOfWork: a command's changes, its events and its line in the audit log, all at once."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from turnout.application.commands.differences import audit_change
from turnout.application.ports.audit import AuditChange, Deed
from turnout.application.ports.history import ChangedBy, PastRevision
from turnout.application.ports.system import Clock
from turnout.domain.shared.events import DomainEvent
from turnout.infrastructure.persistence.audit_log import write_line
from turnout.infrastructure.persistence.history import change_of, remember
from turnout.infrastructure.persistence.publication import one_at_a_time, publish
from turnout.infrastructure.persistence.repositories import (
    SqlDeclarations,
    SqlFallbackChains,
    SqlProviders,
)
from turnout.infrastructure.persistence.tables import StoredEvent

Published = Callable[[tuple[DomainEvent, ...]], None]
"""Is told what happened, once it is stored."""


@dataclass(frozen=True, slots=True)
class Noting:
    """What a unit of work writes into the audit log, and whom it tells once that is committed."""

    deed: Deed
    noted: Callable[[], None]


@dataclass(slots=True)
class Touched:
    """What a unit of work has changed: each entry as it was before and as it is now."""

    _before: dict[str, object] = field(default_factory=dict)
    _after: dict[str, object] = field(default_factory=dict)

    def put(self, entry: str, before: object, after: object) -> None:
        """Remember a change; of several to one entry, the first before and the last after."""
        self._before.setdefault(entry, before)
        self._after[entry] = after

    def changes(self) -> tuple[AuditChange, ...]:
        """Return what became of every entry."""
        return tuple(
            audit_change(entry, before, self._after[entry])
            for entry, before in self._before.items()
        )


class SqlUnitOfWork:
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
        self._clock = clock
        self._changed_by = changed_by
        self._published = published
        self._noting = noting
        self._touched = Touched()
        self._happened: list[tuple[str, DomainEvent]] = []
        self._session = AsyncSession(engine, expire_on_commit=False, autoflush=False)
        self.providers = SqlProviders(self._session, self._record)
        self.chains = SqlFallbackChains(self._session, self._record)
        self.declarations = SqlDeclarations(self._session)

    async def commit(self) -> None:
        """Store everything. Nothing is stored when this raises."""
        if self._happened:
            await self._write_down()
        if self._noting is not None:
            changes = self._touched.changes()
            await write_line(self._session, self._clock, self._noting.deed, changes=changes)
        await self._session.commit()
        if self._noting is not None:
            self._noting.noted()
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

    def _record(
        self, entry: str, events: tuple[DomainEvent, ...], *, before: object, after: object
    ) -> None:
        self._happened.extend((entry, event) for event in events)
        self._touched.put(entry, before, after)

    async def _write_down(self) -> None:
        session, now = self._session, datetime.fromtimestamp(self._clock.epoch_seconds(), UTC)
        await one_at_a_time(session)
        session.add_all(_row(now, *happened) for happened in self._happened)
        revision, document = await publish(session)
        changes = tuple(change_of(*happened) for happened in self._happened)
        await remember(session, PastRevision(revision, now, self._changed_by, changes), document)


def _row(at: datetime, aggregate: str, event: DomainEvent) -> StoredEvent:
    return StoredEvent(at=at, aggregate=aggregate, name=type(event).__name__, payload=asdict(event))
