"""ChangesTold: after a request that may have changed the store, somebody is told."""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

READS = frozenset({"GET", "HEAD", "OPTIONS"})


class ChangesTold:
    """ASGI middleware: calls `tell` after each answer but a refusal to what is not only read."""

    def __init__(self, app: ASGIApp, tell: Callable[[], None]) -> None:
        self._app = app
        self._tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification, version 3."""
        if scope["type"] != "http" or scope["method"] in READS:
            await self._app(scope, receive, send)
            return

        async def watched(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start" and message["status"] < 400:
                self._tell()

        await self._app(scope, receive, watched)
