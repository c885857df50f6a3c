"""A streaming upstream: every POST is answered with server-sent events at a steady pace.

Run as `python -m benchmarks.paced_upstream --port P --interval-seconds X --chunks N`. A path with
/messages in it gets Anthropic's events, any other OpenAI's. Streams keep their own phase, as
real ones do, so that a gateway cannot relay them in one sweep.
"""

import argparse
import asyncio
from typing import cast

import uvloop

from benchmarks import payloads

_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
    b"cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n"
)
_END = b"0\r\n\r\n"


def _framed(events: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(events), events)


class _Script:
    """One protocol's bytes on the wire, computed once."""

    def __init__(self, events: payloads.Events) -> None:
        first, texts, last = events
        self.opening = _HEAD + _framed(first) + _framed(texts[-1])
        self.texts = tuple(map(_framed, texts))
        self.ending = _framed(last) + _END


_OPENAI = _Script(payloads.openai_events())
_ANTHROPIC = _Script(payloads.anthropic_events())


class _Connection(asyncio.Protocol):
    """One kept-alive connection, one request at a time."""

    def __init__(self, interval_seconds: float, chunks: int) -> None:
        self._interval_seconds = interval_seconds
        self._chunks = chunks
        self._loop = asyncio.get_running_loop()
        self._received = bytearray()
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = bytes(self._received).partition(b"\r\n\r\n")
        if not found or len(body) < _content_length(head):
            return
        self._received.clear()
        line = head.split(b"\r\n", 1)[0]
        if line.startswith(b"GET"):
            self._answer(payloads.model_list())
        else:
            self._stream(_ANTHROPIC if b"/messages" in line else _OPENAI)

    def _answer(self, body: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        self._transport.write(head % len(body) + body)

    def _stream(self, script: _Script) -> None:
        self._transport.write(script.opening)
        due = self._loop.time() + self._interval_seconds
        self._timer = self._loop.call_at(due, self._tick, script, due, self._chunks - 1)

    def _tick(self, script: _Script, due: float, left: int) -> None:
        if left == 0:
            self._transport.write(script.ending)
            return
        self._transport.write(script.texts[left % len(script.texts)])
        due += self._interval_seconds
        self._timer = self._loop.call_at(due, self._tick, script, due, left - 1)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def _serve(port: int, interval_seconds: float, chunks: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _Connection(interval_seconds, chunks), "127.0.0.1", port, backlog=4096
    )
    await server.serve_forever()


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--interval-seconds", type=float, required=True)
    parser.add_argument("--chunks", type=int, required=True)
    options = parser.parse_args()
    uvloop.run(_serve(options.port, options.interval_seconds, options.chunks))


if __name__ == "__main__":
    _main()
