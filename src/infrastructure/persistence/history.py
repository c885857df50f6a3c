"""Past revisions: written with every publication, read for `turnout config history`."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from turnout.application.ports.catalog_source import StoredCatalog
from turnout.application.ports.history import ChangedBy, PastChange, PastRevision
from turnout.domain.shared.events import DomainEvent
from turnout.infrastructure.persistence.document import decode_catalog
from turnout.infrastructure.persistence.engine import reading
from turnout.infrastructure.persistence.tables import StoredPastRevision

KEPT_REVISIONS = 100


class SqlHistory:
    """A History."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)

    async def revisions(self) -> list[PastRevision]:
        """Return all that are kept, newest first."""
        newest_first = select(StoredPastRevision).order_by(StoredPastRevision.revision.desc())
        async with AsyncSession(self._engine) as session:
            return [_past(row) for row in await session.scalars(newest_first)]

    async def catalog(self, revision: int) -> StoredCatalog | None:
        """Return the catalog as of `revision`, None if it is not kept."""
        async with AsyncSession(self._engine) as session:
            row = await session.get(StoredPastRevision, revision)
            return None if row is None else decode_catalog(revision, row.document)


def change_of(entry: str, event: DomainEvent) -> PastChange:
    """Return what `event` says of `entry`."""
    return PastChange(entry, type(event).__name__, tuple(getattr(event, "changed", ())))


async def remember(session: AsyncSession, past: PastRevision, document: str) -> None:
    """Keep a revision unless it is kept already, and forget those that are too many."""
    if await session.get(StoredPastRevision, past.revision) is None:
        session.add(_row(past, document))
        await session.flush()
    surplus = (
        select(StoredPastRevision.revision)
        .order_by(StoredPastRevision.revision.desc())
        .offset(KEPT_REVISIONS)
    )
    await session.execute(
        delete(StoredPastRevision).where(StoredPastRevision.revision.in_(surplus)),
        execution_options={"synchronize_session": False},
    )


def _row(past: PastRevision, document: str) -> StoredPastRevision:
    return StoredPastRevision(
        revision=past.revision,
        at=past.at,
        changed_by=past.changed_by.value,
        changes=[
            {"entry": change.entry, "event": change.event, "fields": list(change.fields)}
            for change in past.changes
        ],
        document=document,
    )


def _past(row: StoredPastRevision) -> PastRevision:
    changes = tuple(
        PastChange(change["entry"], change["event"], tuple(change["fields"]))
        for change in row.changes
    )
    return PastRevision(row.revision, row.at, ChangedBy(row.changed_by), changes)
