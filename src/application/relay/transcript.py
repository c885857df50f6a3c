"""Transcript: what a caller has been told of a streamed answer, in case that it breaks off."""

from collections.abc import Callable
from dataclasses import dataclass

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

    It is forgotten when it grows too long, or there is no room for it any more.
    """

    __slots__ = ("_blocks", "_events", "_left_bytes", "_room")

    def __init__(self, room: Room) -> None:
        self._room = room
        self._blocks = 0
        self._left_bytes = 0
        self._events: list[ReplyEvent] | None = []

    def add(self, event: ReplyEvent) -> None:
        """Take down what is being sent."""
        events = self._events
        if events is None:
            return
        events.append(event)
        if isinstance(event, NativeFrame):
            self._left_bytes -= EVENT_BYTES + len(event.data)
        else:
            self._left_bytes -= EVENT_BYTES + len(getattr(event, "text", ""))
        if self._left_bytes < 0:
            self._grow()

    def forget(self) -> None:
        """Give the room back."""
        self._events = None
        self._room.taken_bytes -= self._blocks * BLOCK_BYTES
        self._blocks = 0

    @property
    def frames(self) -> list[bytes]:
        """The frames that went out in the caller's own protocol."""
        return [event.data for event in self._events or () if isinstance(event, NativeFrame)]

    def text(self, read: Reading) -> str | None:
        """Return the text so far; None where it is forgotten, or not all that was told.

        Thinking may have been told besides: it is no part of the answer.
        """
        if self._events is None:
            return None
        texts: list[str] = []
        for event in self._events:
            told = read(event.data) if isinstance(event, NativeFrame) else [event]
            if told is None or not all(_is_plain(each, texts) for each in told):
                return None
        return "".join(texts)

    def _grow(self) -> None:
        while self._left_bytes < 0:
            if self._blocks * BLOCK_BYTES >= LONGEST_BYTES or not self._room.take():
                self.forget()
                return
            self._blocks += 1
            self._left_bytes += BLOCK_BYTES


def _is_plain(event: ReplyEvent, texts: list[str]) -> bool:
    """Tell whether `event` may be part of an answer of plain text, and keep its text."""
    match event:
        case TextDelta(choice=0, logprobs=None):
            texts.append(event.text)
            return True
        case ReasoningDelta(choice=0) | ReplyStarted() | UsageReported():
            return True
    return False
