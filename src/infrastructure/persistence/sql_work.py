"""SqlWork: one transaction of a command, with its events and its line of the audit log."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from turnout.application.commands.differences import audit_change
from turnout.application.ports.audit import AuditChange, Deed
from turnout.application.ports.system import Clock
from turnout.domain.shared.events import DomainEvent
from turnout.infrastructure.persistence.audit_log import write_line
from turnout.infrastructure.persistence.tables import StoredEvent


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


class SqlWork:
    """For one command, then done with. With `noting` its commit writes a line of the audit log.

    Who builds on it makes the repositories, on the same session, that tell `_record`.
    """

    def __init__(self, engine: AsyncEngine, clock: Clock, noting: Noting | None = None) -> None:
        self._clock = clock
        self._noting = noting
        self._touched = Touched()
        self._happened: list[tuple[str, DomainEvent]] = []
        self._session = AsyncSession(engine, expire_on_commit=False, autoflush=False)

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
        self, entry: str, events: Iterable[DomainEvent], *, before: object, after: object
    ) -> None:
        self._happened.extend((entry, event) for event in events)
        self._touched.put(entry, before, after)

    async def _write_down(self) -> None:
        """Add what has happened to the transaction."""
        self._session.add_all(events_of(self._clock.epoch_seconds(), self._happened))


def events_of(
    epoch_seconds: float, happened: Iterable[tuple[str, DomainEvent]]
) -> list[StoredEvent]:
    """Return the rows that tell what happened, to which entry, at that moment."""
    at = datetime.fromtimestamp(epoch_seconds, UTC)
    return [
        StoredEvent(at=at, aggregate=entry, name=type(event).__name__, payload=asdict(event))
        for entry, event in happened
    ]
