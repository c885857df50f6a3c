"""SharedStream: one streamed answer under way, and all who read it."""

import asyncio
from dataclasses import dataclass

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

    __slots__ = ("_allowance", "_changed", "_failure", "_first", "_frames", "_held_bytes",
                 "_limit_bytes", "_readers", "_unread_bytes", "is_over", "is_whole", "model",
                 "usage")  # fmt: skip

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._changed = asyncio.Event()
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
        self._count(_size(frame))
        self._unread_bytes += len(frame.data)
        if frame.usage is not None:
            self.usage = frame.usage
        if frame.model is not None and self.model is None:
            self.model = frame.model
        allowance = self._allowance
        if self._held_bytes > self._limit_bytes or allowance.held_bytes > allowance.limit_bytes:
            self._shorten()
        self._wake()

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
            await self._changed.wait()

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
                raise self._failure
            if self.is_over:
                raise StopAsyncIteration
            await self._changed.wait()

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
        self._count(held - self._held_bytes)

    def _count(self, more_bytes: int) -> None:
        self._held_bytes += more_bytes
        self._allowance.held_bytes += more_bytes

    def _wake(self) -> None:
        self._changed.set()
        self._changed.clear()


class Reader:
    """One caller's place in a SharedStream; `place` counts the frames that it has read."""

    __slots__ = ("_stream", "place")

    def __init__(self, stream: SharedStream) -> None:
        self._stream = stream
        self.place = 0

    async def next(self) -> NativeFrame:
        """See SharedStream.read."""
        return await self._stream.read(self)

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
