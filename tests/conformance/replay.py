"""A provider on loopback that answers every call with the recording that its model names."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from itertools import cycle

from tests.support.recordings import Recording

_SIZES = (1, 3, 17, 101, 499, 1499, 7, 4001)
"""Bytes of one piece of a stream after the other."""
_OURS = frozenset({"content-length", "content-encoding", "transfer-encoding", "connection"})
_IN_PATH = re.compile(r"/(?:models|deployments)/([^/:?]+)")


class Replay:
    """Knows the recordings by id."""

    def __init__(self, recordings: Iterable[Recording]) -> None:
        self._known = {recording.id: recording for recording in recordings}
        self._serving: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection."""
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def close(self) -> None:
        """Drop every connection."""
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await self._answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"(?i)^content-length: *(\d+)", head, re.MULTILINE)
        body = await reader.readexactly(int(length.group(1)) if length else 0)
        in_path = _IN_PATH.search(head.partition("\r\n")[0])
        recording = self._known[in_path.group(1) if in_path else json.loads(body)["model"]]
        if recording.stream and recording.status == 200:
            await _stream(recording, writer)
        else:
            length_line = f"content-length: {len(recording.body)}"
            writer.write(_head(recording, length_line) + recording.body)
            await writer.drain()


@asynccontextmanager
async def replaying(recordings: Iterable[Recording]) -> AsyncIterator[str]:
    """Serve the recordings; gives the base URL."""
    replay = Replay(recordings)
    server = await asyncio.start_server(replay.accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await replay.close()


def as_events(recording: Recording) -> bytes:
    """A recorded stream as server-sent events.

    Google streams a JSON array to those who do not ask for events, as Turnout does; the members
    of such an array are sent as the events that they would have been.
    """
    if not recording.body.startswith(b"["):
        return recording.body
    members = json.loads(recording.body)
    return b"".join(b"data: %b\r\n\r\n" % json.dumps(each).encode() for each in members)


async def _stream(recording: Recording, writer: asyncio.StreamWriter) -> None:
    """Send a stream with its own line ends, in pieces that pay no heed to them."""
    writer.write(_head(recording, "transfer-encoding: chunked"))
    for piece in _pieces(as_events(recording)):
        writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        await writer.drain()
        await asyncio.sleep(0)
    writer.write(b"0\r\n\r\n")
    await writer.drain()


def _pieces(body: bytes) -> Iterator[bytes]:
    sizes, start = cycle(_SIZES), 0
    while start < len(body):
        size = next(sizes)
        yield body[start : start + size]
        start += size


def _head(recording: Recording, length_line: str) -> bytes:
    headers = {name: value for name, value in recording.headers.items() if name not in _OURS}
    if recording.body.startswith(b"[") and recording.stream:
        headers["content-type"] = "text/event-stream"
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {recording.status} Recorded\r\n{lines}{length_line}\r\n\r\n".encode("latin-1")
