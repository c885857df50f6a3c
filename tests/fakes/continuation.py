"""A way in whose frames are words: `text:hello`, `think:`, `call:`, `stop:`; others are foreign."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.inference.conversation import Conversation
from turnout.domain.inference.reply import (
    ChoiceFinished,
    Finish,
    FinishKind,
    NativeFrame,
    ReasoningDelta,
    ReplyEvent,
    Rescued,
    TextDelta,
    ToolCallStarted,
    UsageReported,
)
from turnout.domain.inference.request import ChatRequest, WireProtocol
from turnout.domain.inference.usage import TokenUsage

STOP = ChoiceFinished(Finish(FinishKind.STOP, "stop"))
CALL = ToolCallStarted(0, "id", "tool")


def frame(text: str, usage: TokenUsage | None = None) -> NativeFrame:
    """Return a frame that shows something."""
    return NativeFrame(text.encode(), commits=True, usage=usage)


@dataclass
class FakeWriter:
    """Writes the same words; after `#`, what the answer has used and who gave it."""

    usage: TokenUsage | None = None
    providers: tuple[str, ...] = ()

    def write(self, event: ReplyEvent) -> bytes:
        match event:
            case TextDelta():
                return f"text:{event.text}".encode()
            case ChoiceFinished():
                return b"stop:"
            case ToolCallStarted():
                return b"call:"
            case UsageReported():
                self.usage = event.usage
            case Rescued():
                self.providers = event.providers
        return b""

    def end(self) -> bytes:
        used = self.usage.total_tokens if self.usage else None
        return f"end#{used}#{','.join(self.providers)}".encode()


@dataclass
class FakeContinuation:
    """Notes what it is asked to begin answers with; `refuses` to begin any."""

    refuses: bool = False
    begun: list[str] = field(default_factory=list)
    resumed: list[list[bytes]] = field(default_factory=list)

    def prefilled(self, text: str) -> ChatRequest | None:
        if self.refuses:
            return None
        self.begun.append(text)
        return ChatRequest(
            model="default",
            stream=True,
            protocol=WireProtocol.OPENAI_CHAT,
            needs=Requirement(frozenset({Capability.CHAT})),
            body_for=lambda name: f"{name} begins with {text!r}".encode(),
            decode=lambda: Conversation(()),
        )

    def read(self, frame: bytes) -> list[ReplyEvent] | None:
        kind, _, text = frame.decode().partition(":")
        known: dict[str, list[ReplyEvent]] = {
            "": [],
            "text": [TextDelta(text)],
            "think": [ReasoningDelta(text)],
            "call": [CALL],
            "stop": [STOP],
        }
        return known.get(kind)

    def writer(self, frames: Sequence[bytes]) -> FakeWriter:
        self.resumed.append(list(frames))
        return FakeWriter()
