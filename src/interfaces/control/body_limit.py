"""Bounds what a request may make the control plane hold in memory."""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from turnout.interfaces.control.errors import refused

MAX_BODY_BYTES = 1024 * 1024


class BodyLimit:
    """ASGI middleware that answers 413: at once where the length is told, else when it shows."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, its body counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = Headers(scope=scope).get("content-length", "")
        if told.isdecimal() and int(told) > MAX_BODY_BYTES:
            words = f"found a body of {told} bytes, expected at most {MAX_BODY_BYTES}"
            answer = refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request.too_large", words)
            await answer(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > MAX_BODY_BYTES:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return message

        await self._app(scope, counted, send)
