"""`/healthz` and `/readyz`, for whoever watches over the process."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from turnout.interfaces.control.handlers import Handlers


class ProbeAnswer(BaseModel):
    """`ok`, or `starting` (with status 503)."""

    status: str


def probes_router(handlers: Handlers) -> APIRouter:
    """Return the two paths."""
    router = APIRouter(tags=["probes"])

    @router.get("/healthz", summary="Is the process alive?")
    async def alive() -> ProbeAnswer:
        return ProbeAnswer(status="ok")

    @router.get("/readyz", summary="Has it read the configuration?")
    async def ready(response: Response) -> ProbeAnswer:
        if handlers.ready():
            return ProbeAnswer(status="ok")
        response.status_code = 503
        return ProbeAnswer(status="starting")

    return router
