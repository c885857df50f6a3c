"""`/metrics`: what Prometheus scrapes, of all processes together."""

from fastapi import APIRouter, Request, Response

from turnout.domain.governance.roles import Permission
from turnout.interfaces.control.access import METRICS_PATH, needs
from turnout.interfaces.control.handlers import Handlers


def metrics_router(handlers: Handlers) -> APIRouter:
    """Return `/metrics`."""
    router = APIRouter(tags=["metrics"], dependencies=[needs(Permission.STATUS_READ)])

    @router.get(
        METRICS_PATH,
        summary="Metrics in the text formats of Prometheus and OpenMetrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {}, "application/openmetrics-text": {}}}},
    )
    async def metrics(request: Request) -> Response:
        body, media_type = await handlers.metrics(request.headers.get("accept", ""))
        return Response(body, headers={"content-type": media_type})

    return router
