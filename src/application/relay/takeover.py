"""Takeover: a broken answer as the caller sees it go on, whoever goes on with it."""

from dataclasses import dataclass, field

from turnout.domain.inference.overlap import Overlap, Seam
from turnout.domain.inference.reply import (
    NativeFrame,
    ReasoningDelta,
    ReplyEvent,
    ReplyStarted,
    Rescued,
    TextDelta,
    UsageReported,
    commits,
)
from turnout.domain.inference.request import Continuation
from turnout.domain.inference.sharing import AnswerWriter
from turnout.domain.inference.usage import TokenUsage


@dataclass(slots=True)
class Takeover:
    """`said` is the text that the caller has.

    With a `writer`, what is new goes out as frames in the caller's protocol, under the id of the
    frames before; without one as the events that it is. `Rescued` comes as an event either way.
    `is_plain` tells whether the answer is still nothing but text.
    """

    said: str
    continuation: Continuation
    writer: AnswerWriter | None
    is_plain: bool = True
    _joint: Overlap | Seam = field(init=False)
    _spent: TokenUsage | None = field(init=False, default=None)
    _usage: TokenUsage | None = field(init=False, default=None)

    def begin(
        self, providers: tuple[str, ...], spent: TokenUsage | None, *, prefilled: bool
    ) -> list[ReplyEvent]:
        """Another attempt goes on; those before it have `spent` this much, where it is known.

        `prefilled` tells whether it was given what was said, or says it again.
        """
        self._joint = Seam(self.said) if prefilled else Overlap(self.said)
        self._spent = spent
        rescued = Rescued(providers)
        if self.writer is not None:
            self.writer.write(rescued)
        return [rescued]

    def go_on(self, event: ReplyEvent) -> list[ReplyEvent]:
        """Return what of the attempt's next event is new. Raises Diverged."""
        if isinstance(event, NativeFrame):
            read = self.continuation.read(event.data) or []
            if event.usage is not None:
                read.append(UsageReported(event.usage))
            return self._told([new for each in read for new in self._new(each)])
        return self._told(self._new(event))

    def end(self) -> list[ReplyEvent]:
        """Return the end of the answer. Raises Diverged."""
        events = self._told(self._new_text(self._joint.end()))
        if self.writer is not None:
            frame = NativeFrame(self.writer.end(), commits=False, usage=self._usage, finished=True)
            events.append(frame)
        return events

    def _new(self, event: ReplyEvent) -> list[ReplyEvent]:
        """Leave out what was said before, and all thinking: it would not fit what was shown."""
        match event:
            case TextDelta():
                return self._new_text(self._joint.feed(event.text))
            case ReasoningDelta() | ReplyStarted():
                return []
            case UsageReported():
                self._usage = event.usage if self._spent is None else self._spent + event.usage
                return [UsageReported(self._usage)]
        self.is_plain = False
        return [*self._new_text(self._joint.end()), event]

    def _new_text(self, text: str) -> list[ReplyEvent]:
        if not text:
            return []
        self.said += text
        return [TextDelta(text)]

    def _told(self, events: list[ReplyEvent]) -> list[ReplyEvent]:
        if self.writer is None:
            return events
        frames: list[ReplyEvent] = []
        for event in events:
            data = self.writer.write(event)
            if data:
                frames.append(NativeFrame(data, commits(event)))
        return frames
