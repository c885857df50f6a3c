"""`/api/health`: how deployments stand, and what has moved."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from turnout.application.ports.health_store import Transition
from turnout.application.queries.health_overview import HealthRow
from turnout.domain.governance.roles import Permission
from turnout.interfaces.control.access import needs
from turnout.interfaces.control.handlers import Handlers

MOST_TRANSITIONS = 1000


class Latest(BaseModel):
    """How many transitions to show."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MOST_TRANSITIONS)] = 100


def health_router(handlers: Handlers) -> APIRouter:
    """Return the paths below `/api/health`."""
    router = APIRouter(
        prefix="/api/health", tags=["health"], dependencies=[needs(Permission.STATUS_READ)]
    )

    @router.get("", summary="Show how every deployment stands")
    async def show_health() -> list[HealthRow]:
        return await handlers.health_overview()

    @router.get("/transitions", summary="Show what has moved lately, newest first")
    async def show_transitions(latest: Annotated[Latest, Query()]) -> list[Transition]:
        return await handlers.health_transitions(latest.limit)

    return router
