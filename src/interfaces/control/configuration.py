"""`/api/configuration/status`: which configuration is in force, and how its file is followed."""

from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from turnout.domain.governance.roles import Permission
from turnout.interfaces.control.access import needs
from turnout.interfaces.control.handlers import ConfigurationStatus, Handlers


class LastError(BaseModel):
    """Why the file could not be taken over, the last time that it could not."""

    at: datetime
    faults: list[str]


class StatusAnswer(BaseModel):
    """`revision` is that of the routing in force; it counts changes of the file and over the API.

    The last error stays after the file was mended: the file in force is good if `applied_at` is the
    later of the two.
    """

    revision: int
    watching: bool
    files: list[str] = Field(description="What is looked at for changes")
    applied_at: datetime | None = Field(description="When the file was last taken over")
    last_error: LastError | None
    needs_restart: list[str] = Field(description="Settings that have changed and are not in force")

    @classmethod
    def of(cls, status: ConfigurationStatus) -> "StatusAnswer":
        """Show a status."""
        error = None
        if failed_at := _time(status.failed_at):
            error = LastError(at=failed_at, faults=list(status.faults))
        return cls(
            revision=status.revision,
            watching=status.watching,
            files=list(status.files),
            applied_at=_time(status.applied_at),
            last_error=error,
            needs_restart=list(status.needs_restart),
        )


def configuration_router(handlers: Handlers) -> APIRouter:
    """Return the paths below `/api/configuration`."""
    router = APIRouter(
        prefix="/api/configuration",
        tags=["configuration"],
        dependencies=[needs(Permission.STATUS_READ)],
    )

    @router.get("/status", summary="Tell which configuration is in force")
    async def status() -> StatusAnswer:
        return StatusAnswer.of(handlers.configuration_status())

    return router


def _time(epoch_seconds: float | None) -> datetime | None:
    return None if epoch_seconds is None else datetime.fromtimestamp(epoch_seconds, UTC)
