"""`/api/playground`: a chat with the data plane, for the dashboard's own page.

A page may only talk to where it comes from, so the control plane passes the chat on, with the
access key that the page was given for it and in no other name.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field
from starlette.types import Receive, Scope, Send

from turnout.domain.governance.roles import Permission
from turnout.domain.shared.errors import DomainError
from turnout.interfaces.control.access import needs
from turnout.interfaces.control.errors import refused
from turnout.interfaces.control.page_handlers import AskDataPlane, PageHandlers


class DataPlaneAnswer(BaseModel):
    """Where callers send their requests."""

    url: str | None = Field(description="Null if no data plane runs along with the control plane")
    asks_for_keys: bool


class PassedOn(Response):
    """Asks the data plane, and answers what it answers, as it comes."""

    def __init__(self, ask: AskDataPlane, body: bytes, access_key: str | None) -> None:
        super().__init__(b"")
        self._ask = ask
        self._asked = body, access_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; who hangs up ends the data plane's work too."""
        try:
            async with self._ask(*self._asked) as reply:
                answer = StreamingResponse(
                    reply.chunks, reply.status, reply.headers, reply.media_type
                )
                await answer(scope, receive, send)
        except DomainError as error:
            await refused(503, error.code, error.message)(scope, receive, send)


def playground_router(pages: PageHandlers) -> APIRouter:
    """Return the paths."""
    router = APIRouter(prefix="/api/playground", tags=["playground"])

    @router.get(
        "",
        summary="Tell where the data plane is",
        dependencies=[needs(Permission.STATUS_READ)],
    )
    async def data_plane() -> DataPlaneAnswer:
        plane = pages.data_plane
        return DataPlaneAnswer(url=plane.url, asks_for_keys=plane.asks_for_keys)

    @router.post(
        "/chat",
        summary="Send a chat to the data plane",
        dependencies=[needs(Permission.PLAYGROUND)],
        openapi_extra={"requestBody": {"content": {"application/json": {}}, "required": True}},
    )
    async def chat(
        request: Request, x_turnout_access_key: Annotated[str | None, Header()] = None
    ) -> Any:
        return PassedOn(pages.ask, await request.body(), x_turnout_access_key)

    return router
