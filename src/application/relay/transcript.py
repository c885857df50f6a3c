"""Transcript: what a caller has been told of a streamed answer, in case that it breaks off."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

from turnout.domain.inference.reply import (
    NativeFrame,
    ReasoningDelta,
    ReplyEvent,
    ReplyStarted,
    TextDelta,
    UsageReported,
)

LONGEST_BYTES = 1024 * 1024
"""What is longer is forgotten."""
BLOCK_BYTES = 32 * 1024
STRIDE = 32
"""How many events are filed at a time."""
FRAME_BYTES = 48
"""About what a frame takes in memory beside its bytes."""
EVENT_BYTES = 128
"""About what an event takes in memory beside its text."""

Reading = Callable[[bytes], list[ReplyEvent] | None]
"""See Continuation.read."""


@dataclass(slots=True)
class Room:
    """What all transcripts of a worker together may take up."""

    limit_bytes: int = 64 * 1024 * 1024
    taken_bytes: int = 0

    def take(self) -> bool:
        """Take a block, if there is one."""
        if self.taken_bytes + BLOCK_BYTES > self.limit_bytes:
            return False
        self.taken_bytes += BLOCK_BYTES
        return True


class Transcript:
    """Events as they were sent; they are only read when the answer breaks off.

    Who sends appends to `latest`, and calls `file` whenever `STRIDE` are there: that is all there
    is to do per event. What grows too long, or has no room, is forgotten.
    """

    __slots__ = ("_blocks", "_events", "_forgotten", "_left_bytes", "_room", "frames", "latest")

    def __init__(self, room: Room) -> None:
        self.latest: list[ReplyEvent] = []
        self.frames: list[bytes] = []
        """What went out in the caller's own protocol."""
        self._events: list[ReplyEvent] = []
        self._room = room
        self._blocks = self._left_bytes = 0
        self._forgotten = False

    def file(self) -> None:
        """Put the latest events with those before, if there is room. All are frames, or none."""
        latest = self.latest
        frames = [event.data for event in latest if isinstance(event, NativeFrame)]
        if frames:
            self.frames += frames
            self._left_bytes -= sum(map(len, frames)) + FRAME_BYTES * len(frames)
        else:
            self._events += latest
            self._left_bytes -= sum([EVENT_BYTES + len(getattr(e, "text", "")) for e in latest])
        latest.clear()
        while self._left_bytes < 0 and not self._forgotten:
            self._grow()
        if self._forgotten:
            self._drop()

    def forget(self) -> None:
        """Give the room back."""
        self._forgotten = True
        self._drop()
        self._room.taken_bytes -= self._blocks * BLOCK_BYTES
        self._blocks = 0

    def text(self, read: Reading) -> str | None:
        """Return the text so far; None where it is forgotten, or not all that was told.

        Thinking may have been told besides: it is no part of the answer.
        """
        self.file()
        if self._forgotten:
            return None
        texts: list[str] = []
        for told in chain(map(read, self.frames), [self._events]):
            if told is None or not all(_is_plain(each, texts) for each in told):
                return None
        return "".join(texts)

    def _grow(self) -> None:
        if self._blocks * BLOCK_BYTES >= LONGEST_BYTES or not self._room.take():
            self.forget()
        else:
            self._blocks += 1
            self._left_bytes += BLOCK_BYTES

    def _drop(self) -> None:
        self.latest.clear()
        self.frames.clear()
        self._events.clear()


def _is_plain(event: ReplyEvent, texts: list[str]) -> bool:
    """Tell whether `event` may be part of an answer of plain text, and keep its text."""
    match event:
        case TextDelta(choice=0, logprobs=None):
            texts.append(event.text)
            return True
        case ReasoningDelta(choice=0) | ReplyStarted() | UsageReported():
            return True
    return False
