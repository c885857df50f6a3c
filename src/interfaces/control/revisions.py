"""`/api/configuration/history` and `/rollback`: what the catalog was, and back to that."""

from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from turnout.application.commands.roll_back import RollBack
from turnout.application.ports.history import ChangedBy, PastRevision
from turnout.domain.governance.roles import Permission
from turnout.interfaces.control.access import CatalogWriter, needs
from turnout.interfaces.control.fields import Body, Count
from turnout.interfaces.control.page_handlers import PageHandlers


class PastChangeAnswer(BaseModel):
    """What happened to an entry, `provider:NAME` or `chain:NAME`, and to which of its fields."""

    entry: str
    event: str
    fields: Sequence[str]


class PastRevisionAnswer(BaseModel):
    """A revision that is kept."""

    revision: int
    at: datetime
    changed_by: ChangedBy
    changes: list[PastChangeAnswer]

    @classmethod
    def of(cls, past: PastRevision) -> "PastRevisionAnswer":
        """Show a past revision."""
        changes = [
            PastChangeAnswer(entry=each.entry, event=each.event, fields=each.fields)
            for each in past.changes
        ]
        return cls(revision=past.revision, at=past.at, changed_by=past.changed_by, changes=changes)


class RollbackBody(Body):
    """To which of the revisions that are kept."""

    revision: Count


class RollbackAnswer(BaseModel):
    """What became of each entry: `added`, `changed`, `removed` or `kept`."""

    entries: dict[str, str]


def revisions_router(pages: PageHandlers) -> APIRouter:
    """Return the paths."""
    router = APIRouter(
        prefix="/api/configuration",
        tags=["configuration"],
        dependencies=[needs(Permission.CATALOG_READ)],
    )

    @router.get("/history", summary="List the revisions that are kept, newest first")
    async def list_revisions() -> list[PastRevisionAnswer]:
        return [PastRevisionAnswer.of(past) for past in await pages.revisions()]

    @router.post("/rollback", summary="Bring providers and chains back to a past revision")
    async def roll_back(actor: CatalogWriter, body: RollbackBody) -> RollbackAnswer:
        changes = await pages.roll_back(actor, RollBack(body.revision))
        return RollbackAnswer(
            entries={entry: change.outcome.value for entry, change in changes.items()}
        )

    return router
