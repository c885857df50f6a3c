"""Callers of streams: many at once, counting the chunks that reach them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import cast

from benchmarks import payloads
from benchmarks.faults import BenchmarkError

_TICK = payloads.TICK.encode()
_PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.02
_OPENING_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class StreamWindow:
    """What all callers received between two looks, and the gateway's CPU in between."""

    chunks: int
    cpu_seconds: float


class _Caller(asyncio.Protocol):
    """One connection that asks once and counts ticks."""

    def __init__(self, request: bytes) -> None:
        self.ticks = 0
        self.closed = False
        self.last = b""
        self._request = request

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        text = self.last + data
        self.ticks += text.count(_TICK)
        tail = text[-64:]
        self.last = tail[tail.rfind(_TICK) + len(_TICK) :] if _TICK in tail else tail

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = True


class StreamCallers:
    """`count` open streams through one gateway."""

    def __init__(self, callers: list[_Caller]) -> None:
        self._callers = callers

    @property
    def ticks(self) -> int:
        """Chunks received so far, by all together."""
        return sum(caller.ticks for caller in self._callers)

    async def all_have(self, ticks: int) -> None:
        """Return once each caller has got `ticks` chunks. Raises BenchmarkError if one cannot."""
        async with _patience(f"every stream has {ticks} chunks"):
            while any(caller.ticks < ticks for caller in self._callers):
                self._check_open()
                await asyncio.sleep(_POLL_SECONDS)

    async def window(self, seconds: float, cpu_seconds: Callable[[], float]) -> StreamWindow:
        """Count for `seconds`. Raises BenchmarkError if a stream ends too early."""
        ticks, cpu = self.ticks, cpu_seconds()
        await asyncio.sleep(seconds)
        window = StreamWindow(self.ticks - ticks, cpu_seconds() - cpu)
        self._check_open()
        return window

    async def all_complete(self, ticks: int) -> None:
        """Return once every stream has come to its proper end with exactly `ticks` chunks."""
        async with _patience(f"every stream has ended after {ticks} chunks"):
            while not all(b"[DONE]" in caller.last for caller in self._callers):
                self._check_open()
                await asyncio.sleep(_POLL_SECONDS)
        counts = {caller.ticks for caller in self._callers}
        if counts != {ticks}:
            raise BenchmarkError(f"streams of {ticks} chunks arrived as {sorted(counts)}")

    def _check_open(self) -> None:
        if broken := [c for c in self._callers if c.closed and b"[DONE]" not in c.last]:
            raise BenchmarkError(f"{len(broken)} streams broke; one ended in {broken[0].last!r}")


@contextlib.asynccontextmanager
async def open_streams(
    port: int, count: int, headers: Mapping[str, str]
) -> AsyncIterator[StreamCallers]:
    """Open `count` streams on `port`, a hundred at a time; hang up on all of them at the end."""
    request = _request(headers)
    loop = asyncio.get_running_loop()
    callers: list[_Caller] = []
    try:
        for start in range(0, count, _OPENING_AT_ONCE):
            for _ in range(min(_OPENING_AT_ONCE, count - start)):
                _, caller = await loop.create_connection(
                    lambda: _Caller(request), "127.0.0.1", port
                )
                callers.append(caller)
            await StreamCallers(callers).all_have(1)
        yield StreamCallers(callers)
    finally:
        for caller in callers:
            caller.transport.abort()


@contextlib.asynccontextmanager
async def _patience(what: str) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            yield
    except TimeoutError:
        raise BenchmarkError(f"waited {_PATIENCE_SECONDS:g} s in vain until {what}") from None


def _request(headers: Mapping[str, str]) -> bytes:
    body = payloads.chat_request(300, stream=True)
    lines = ["POST /v1/chat/completions HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body
