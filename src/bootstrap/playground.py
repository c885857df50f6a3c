"""Chats that the dashboard sends to the data plane: over its port, as any caller does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from turnout.bootstrap.engines import EngineMaker
from turnout.domain.catalog.connecting import Connecting
from turnout.domain.inference.failure import ProviderFailure
from turnout.domain.shared.errors import DomainError
from turnout.infrastructure.transport.engine import HttpRequest, HttpStream
from turnout.interfaces.control.page_handlers import PlaygroundReply

CONNECT_SECONDS = 5.0
_TOLD = "x-turnout-"
_SHOWN = ("request-id", "provider", "model", "route", "attempts", "cache", "overhead-ms")
"""Headers of the data plane's answer that the page shows."""


class DataPlaneCaller:
    """Asks the data plane at `url`, by an engine of its own."""

    def __init__(self, engines: EngineMaker, url: str | None) -> None:
        self._engine = engines(CONNECT_SECONDS, Connecting())
        self._url = url

    @asynccontextmanager
    async def ask(self, body: bytes, access_key: str | None) -> AsyncIterator[PlaygroundReply]:
        """Send a chat. Raises DomainError `playground.nowhere`, `playground.unreachable`."""
        if self._url is None:
            problem = "no data plane runs along with this control plane: start it with --role all"
            raise DomainError("playground.nowhere", problem)
        headers = [("content-type", "application/json")]
        if access_key:
            headers.append(("authorization", f"Bearer {access_key}"))
        request = HttpRequest("POST", f"{self._url}/v1/chat/completions", tuple(headers), body)
        try:
            async with self._engine.open(request) as stream:
                yield _reply(stream)
        except ProviderFailure as failure:
            raise DomainError("playground.unreachable", str(failure)) from failure

    async def close(self) -> None:
        """Close the connections."""
        await self._engine.close()


def _reply(stream: HttpStream) -> PlaygroundReply:
    told = {f"{_TOLD}{name}": stream.headers.get(f"{_TOLD}{name}") for name in _SHOWN}
    return PlaygroundReply(
        status=stream.status,
        media_type=stream.headers.get("content-type") or "application/json",
        headers={name: value for name, value in told.items() if value is not None},
        chunks=_chunks(stream),
    )


async def _chunks(stream: HttpStream) -> AsyncIterator[bytes]:
    while (chunk := await stream.read_chunk()) is not None:
        yield chunk
