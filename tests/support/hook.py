"""A plain HTTP server that notes what it is sent, as a receiver of notices."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.turnout_process import free_port


@dataclass
class Received:
    """A request: its headers, by lower case names, and its body."""

    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        """The body's JSON."""
        told: dict[str, Any] = json.loads(self.body)
        return told


@dataclass
class Receiver:
    """Refuses the first `refusals` requests with 503, and notes the others."""

    port: int = field(default_factory=free_port)
    refusals: int = 0
    received: list[Received] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Receiver"]:
        """Listen until the context is left."""
        server = await asyncio.start_server(self._answer, "127.0.0.1", self.port)
        async with server:
            yield self

    async def until(
        self, wanted: Callable[[list[Received]], bool], seconds: float = 60.0
    ) -> list[Received]:
        """Wait until what has been received is as `wanted`; return it."""
        async with asyncio.timeout(seconds), self.arrived:
            await self.arrived.wait_for(lambda: wanted(self.received))
        return list(self.received)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = [line.partition(":") for line in head.splitlines()[1:] if line]
        headers = {name.lower(): value.strip() for name, _, value in lines}
        body = await reader.readexactly(int(headers["content-length"]))
        refuses = self.refusals > 0
        self.refusals -= refuses
        status = b"503 Service Unavailable" if refuses else b"200 OK"
        writer.write(b"HTTP/1.1 " + status + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        writer.close()
        await writer.wait_closed()
        async with self.arrived:
            if not refuses:
                self.received.append(Received(headers, body))
            self.arrived.notify_all()
