"""`/api/audit`: who did what."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from turnout.application.ports.audit import AuditLog, AuditResult, AuditRow
from turnout.domain.governance.actor import ActorKind
from turnout.domain.governance.roles import Permission, Role
from turnout.interfaces.control.access import needs

MOST_LINES = 1000


class Page(BaseModel):
    """Which lines: the newest, or those numbered below `before`."""

    model_config = ConfigDict(extra="forbid")

    before: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_LINES)] = 100


class ActorAnswer(BaseModel):
    """Who, and from which address."""

    kind: ActorKind
    name: str
    role: Role | None
    address: str | None


class ChangeAnswer(BaseModel):
    """What became of an entry's fields; null where it was not there."""

    entry: str
    before: dict[str, str] | None
    after: dict[str, str] | None


class LineAnswer(BaseModel):
    """A line of the audit log."""

    number: int
    at: datetime
    actor: ActorAnswer
    command: str
    entry: str
    result: AuditResult
    reason: str
    changes: list[ChangeAnswer]
    hash: str

    @classmethod
    def of(cls, row: AuditRow) -> "LineAnswer":
        """Show a line."""
        actor = row.deed.actor
        return cls(
            number=row.number,
            at=row.at,
            actor=ActorAnswer(
                kind=actor.kind, name=actor.name, role=actor.role, address=actor.address
            ),
            command=row.deed.command,
            entry=row.deed.entry,
            result=row.result,
            reason=row.reason,
            changes=[
                ChangeAnswer(
                    entry=change.entry,
                    before=None if change.before is None else dict(change.before),
                    after=None if change.after is None else dict(change.after),
                )
                for change in row.changes
            ],
            hash=row.hash,
        )


class AuditAnswer(BaseModel):
    """Lines, newest first; `next_before` is the next page's `before`, null on the last one."""

    lines: list[LineAnswer]
    next_before: int | None


def audit_router(log: AuditLog) -> APIRouter:
    """Return the path."""
    router = APIRouter(
        prefix="/api/audit", tags=["audit"], dependencies=[needs(Permission.AUDIT_READ)]
    )

    @router.get("", summary="Read the audit log, newest first")
    async def read_audit_log(page: Annotated[Page, Query()]) -> AuditAnswer:
        lines = [LineAnswer.of(row) for row in await log.page(page.before, page.limit)]
        is_last = not lines or lines[-1].number == 1
        return AuditAnswer(lines=lines, next_before=None if is_last else lines[-1].number)

    return router
