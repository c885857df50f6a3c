"""SharedStream: one streamed answer under way, and all who read it."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeFrame
from turnout.domain.inference.usage import TokenUsage

LONGEST_BYTES = 2 * 1024 * 1024
"""An answer is kept from its beginning, for late readers and the cache, up to this length."""
WINDOW_BYTES = 256 * 1024
"""How far readers may be apart once the beginning is forgotten."""
AHEAD_BYTES = 64 * 1024
"""How far the provider may be ahead of the fastest reader."""
FRAME_OVERHEAD_BYTES = 128
"""About what a frame takes in memory beside its bytes."""


@dataclass(slots=True)
class Allowance:
    """What all streams of a worker together may hold for late readers."""

    limit_bytes: int
    held_bytes: int = 0


class SharedStream:
    """Frames from one writer to any number of readers, each at its own pace. One loop's own.

    The writer is held back by the fastest reader only. When the answer grows too long, or all
    streams together hold too much, its beginning is forgotten (`is_whole` is false then), and a
    reader who is too far behind the others is cut off with an error of its own.
    """

    __slots__ = ("_allowance", "_failure", "_first", "_frames", "_held_bytes", "_limit_bytes",
                 "_loop", "_readers", "_unread_bytes", "_waiting", "is_over", "is_whole", "model",
                 "usage")  # fmt: skip

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._loop = asyncio.get_running_loop()
        self._waiting: list[asyncio.Future[None]] = []
        self._frames: list[NativeFrame] = []
        self._first = 0
        self._held_bytes = 0
        self._limit_bytes = LONGEST_BYTES
        self._unread_bytes = 0
        self._readers: set[Reader] = set()
        self._failure: BaseException | None = None
        self.is_over = False
        self.is_whole = True
        self.usage: TokenUsage | None = None
        self.model: str | None = None

    def add(self, frame: NativeFrame) -> None:
        """Take the next piece."""
        self._frames.append(frame)
        allowance, size = self._allowance, len(frame.data)
        self._unread_bytes += size
        self._held_bytes += size + FRAME_OVERHEAD_BYTES
        allowance.held_bytes += size + FRAME_OVERHEAD_BYTES
        if frame.usage is not None:
            self.usage = frame.usage
        if frame.model is not None and self.model is None:
            self.model = frame.model
        if self._held_bytes > self._limit_bytes or allowance.held_bytes > allowance.limit_bytes:
            self._shorten()
        self._wake()

    @property
    def failure(self) -> BaseException | None:
        """What broke the answer off, if anything has."""
        return self._failure

    def end(self, failure: BaseException | None = None) -> None:
        """There is nothing more to come: the answer is complete, or broken by `failure`."""
        if self.is_over:
            return
        self.is_over = True
        self._failure = failure
        self._allowance.held_bytes -= self._held_bytes
        self._wake()

    @property
    def is_far_ahead(self) -> bool:
        """Whether the writer should wait for `room`."""
        return self._unread_bytes > AHEAD_BYTES

    async def room(self) -> None:
        """Wait until the fastest reader has caught up."""
        while self.is_far_ahead:
            await self._news()

    def body(self) -> bytes | None:
        """Return the whole answer; None if it is not complete, or its beginning is forgotten."""
        if not self.is_over or self._failure is not None or not self.is_whole:
            return None
        return b"".join([frame.data for frame in self._frames])

    def reader(self) -> "Reader":
        """Return a reader who begins at the beginning."""
        reader = Reader(self)
        self._readers.add(reader)
        return reader

    async def read(self, reader: "Reader") -> NativeFrame:
        """Return all that `reader` has not seen yet as one frame; wait if that is nothing.

        Raises what broke the answer off, and StopAsyncIteration at its end.
        """
        while True:
            if reader.place < self._first:
                raise ProviderFailure(
                    FailureKind.STREAM_BROKEN,
                    "this caller reads too slowly to share the answer with others",
                )
            unseen = self._frames[reader.place - self._first :]
            if unseen:
                reader.place += len(unseen)
                was_far_ahead, self._unread_bytes = self.is_far_ahead, 0
                if was_far_ahead:
                    self._wake()
                return unseen[0] if len(unseen) == 1 else _joined(unseen)
            if self._failure is not None:
                raise self._failure.with_traceback(None)
            if self.is_over:
                raise StopAsyncIteration
            await self._news()

    def leave(self, reader: "Reader") -> None:
        """Let `reader` go; from now on the writer keeps to the pace of those who stay."""
        self._readers.discard(reader)
        if self._readers and not self.is_over:
            fastest = max(each.place for each in self._readers)
            unread = self._frames[max(0, fastest - self._first) :]
            self._unread_bytes = sum(len(frame.data) for frame in unread)

    def _shorten(self) -> None:
        """Forget what everybody has read, and what only those need who are too far behind."""
        self.is_whole = False
        self._limit_bytes = WINDOW_BYTES
        places = [reader.place for reader in self._readers] or [self._first]
        slowest, fastest = min(places), max(places)
        drop, held = 0, self._held_bytes
        while self._first + drop < fastest and (
            self._first + drop < slowest or held > WINDOW_BYTES
        ):
            held -= _size(self._frames[drop])
            drop += 1
        del self._frames[:drop]
        self._first += drop
        self._allowance.held_bytes += held - self._held_bytes
        self._held_bytes = held

    def _news(self) -> "asyncio.Future[None]":
        """Return what is done at the next change; everybody has one of their own to cancel."""
        news = self._loop.create_future()
        self._waiting.append(news)
        return news

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for news in waiting:
            if not news.done():
                news.set_result(None)


class Reader:
    """One caller's place in a SharedStream; `place` counts the frames that it has read."""

    __slots__ = ("_stream", "place")

    def __init__(self, stream: SharedStream) -> None:
        self._stream = stream
        self.place = 0

    def next(self) -> Coroutine[Any, Any, NativeFrame]:
        """See SharedStream.read."""
        return self._stream.read(self)

    def leave(self) -> None:
        """Read no more."""
        self._stream.leave(self)


def _size(frame: NativeFrame) -> int:
    return len(frame.data) + FRAME_OVERHEAD_BYTES


def _joined(frames: list[NativeFrame]) -> NativeFrame:
    usages = [frame.usage for frame in frames if frame.usage is not None]
    return NativeFrame(
        data=b"".join([frame.data for frame in frames]),
        commits=any(frame.commits for frame in frames),
        usage=usages[-1] if usages else None,
        model=next((frame.model for frame in frames if frame.model is not None), None),
        finished=any(frame.finished for frame in frames),
    )
