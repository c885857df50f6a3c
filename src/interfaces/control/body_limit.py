"""Bounds what a request may make the control plane hold in memory."""

import asyncio
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from turnout.interfaces.control.errors import refused

MAX_BODY_BYTES = 1024 * 1024
BODY_SECONDS = 30.0
"""How long a client may take to send its body."""


class BodyLimit:
    """ASGI middleware that answers 413: at once where the length is told, else when it shows.

    A body that takes longer than `seconds` gets a 408.
    """

    def __init__(self, app: ASGIApp, seconds: float = BODY_SECONDS) -> None:
        self._app = app
        self._seconds = seconds

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
        seen, whole = 0, False
        until = asyncio.get_running_loop().time() + self._seconds

        async def counted() -> Message:
            nonlocal seen, whole
            try:
                async with asyncio.timeout_at(None if whole else until):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(HTTPStatus.REQUEST_TIMEOUT) from None
            whole = not message.get("more_body", False)
            seen += len(message.get("body", b""))
            if seen > MAX_BODY_BYTES:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return message

        await self._app(scope, counted, send)
