"""A provider on loopback that answers with given bytes and remembers what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Step = bytes | asyncio.Event
"""Bytes to send, or something to wait for."""
HANG_UP: bytes = b"\0hang up"
"""In a script: close the connection without more ado."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came; header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def whole(status: int, body: bytes, headers: Sequence[tuple[str, str]] = ()) -> tuple[Step, ...]:
    """A script for a whole answer."""
    lines = [f"{name}: {value}\r\n" for name, value in headers]
    if not any(name.lower() == "content-type" for name, _ in headers):
        lines.append("content-type: application/json\r\n")
    head = f"HTTP/1.1 {status} Words\r\n{''.join(lines)}content-length: {len(body)}\r\n\r\n"
    return (head.encode() + body,)


def streamed(
    *pieces: Step,
    content_type: str = "text/event-stream",
    headers: Sequence[tuple[str, str]] = (),
) -> tuple[Step, ...]:
    """A script for an answer in chunks; put HANG_UP last for one that is cut off."""
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ntransfer-encoding: chunked\r\n"
    more = "".join(f"{name}: {value}\r\n" for name, value in headers)
    steps: list[Step] = [f"{head}{more}\r\n".encode()]
    for piece in pieces:
        if isinstance(piece, bytes) and piece != HANG_UP:
            steps.append(b"%x\r\n%b\r\n" % (len(piece), piece))
        else:
            steps.append(piece)
    if not pieces or pieces[-1] != HANG_UP:
        steps.append(b"0\r\n\r\n")
    return tuple(steps)


@dataclass
class Upstream:
    """The started provider: plays `script` to each request. `left` is set when a caller goes."""

    script: Sequence[Step] = ()
    base_url: str = ""
    asked: list[Asked] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    server: asyncio.Server | None = None
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection."""
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    def stop_listening(self) -> None:
        """Refuse connections from now on."""
        assert self.server is not None
        self.server.close()

    async def close(self) -> None:
        """Drop every connection."""
        serving = list(self._serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self.left.set()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in map(_split, lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.asked.append(Asked(method, target, headers, body))
        for step in self.script:
            if isinstance(step, asyncio.Event):
                await self._wait(step, reader)
            elif step == HANG_UP:
                writer.transport.abort()
                return False
            else:
                writer.write(step)
                await writer.drain()
        return True

    async def _wait(self, event: asyncio.Event, reader: asyncio.StreamReader) -> None:
        """Wait for the event, or for the caller to go."""
        gone = asyncio.ensure_future(reader.read(1))
        waiting = asyncio.ensure_future(event.wait())
        done, pending = await asyncio.wait({gone, waiting}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        if gone in done:
            raise ConnectionResetError


def _split(line: str) -> tuple[str, str, str]:
    return line.partition(":")


@asynccontextmanager
async def upstream(script: Sequence[Step] = ()) -> AsyncIterator[Upstream]:
    """Start a provider on a free port."""
    started = Upstream(script)
    server = await asyncio.start_server(started.accept, "127.0.0.1", 0)
    started.server = server
    async with server:
        started.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield started
        finally:
            await started.close()
