"""A relayed request: what routing must know, and the caller's body, untouched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from turnout.domain.inference.capability import Requirement
from turnout.domain.inference.conversation import Conversation
from turnout.domain.inference.metering import Meter
from turnout.domain.inference.reply import ReplyEvent
from turnout.domain.inference.sharing import AnswerWriter, Sharing
from turnout.domain.shared.ids import RequestId


class WireProtocol(StrEnum):
    """A wire language. The values are the words of `turnout.yaml`."""

    OPENAI_CHAT = "openai_chat"
    ANTHROPIC_MESSAGES = "anthropic_messages"
    GEMINI = "gemini"


@dataclass(slots=True)
class ChatRequest:
    """One chat call as the caller made it.

    `body_for(model)` gives the caller's own bytes with only the model exchanged: the native lane.
    `decode` reads the same body into canonical form, and may raise InvalidRequest; it runs at most
    once, and only if some target speaks another protocol. `sharing` tells what must be known before
    another caller may have the answer, and may raise InvalidRequest; without it nobody may. Without
    `continuation` an answer that breaks off cannot be taken up by another target. `header` looks up
    one of the caller's headers by its name in lower case; `prompt_prefix` gives what stands at the
    beginning of the prompt, and stays the same while a conversation goes on. `id` is the name that
    it goes by, where the way in had to give it one. `meter` counts what it uses, where that is
    limited.
    """

    model: str
    stream: bool
    protocol: WireProtocol
    needs: Requirement
    body_for: Callable[[str], bytes]
    decode: Callable[[], Conversation]
    sharing: Callable[[], Sharing] | None = None
    continuation: "Continuation | None" = None
    header: Callable[[str], str | None] | None = None
    prompt_prefix: Callable[[], bytes] | None = None
    id: RequestId | None = None
    meter: Meter | None = None
    _conversation: Conversation | None = field(default=None, init=False)

    def conversation(self) -> Conversation:
        """Return the call in canonical form."""
        if self._conversation is None:
            self._conversation = self.decode()
        return self._conversation


class Continuation(Protocol):
    """What the way in lends so that another target can go on with a call's streamed answer."""

    def prefilled(self, text: str) -> ChatRequest | None:
        """Return the call with `text` as the beginning of its answer; None where it has one."""
        ...

    def read(self, frame: bytes) -> list[ReplyEvent] | None:
        """Return what a frame in the caller's protocol says; None where no event could tell it."""
        ...

    def writer(self, frames: Sequence[bytes]) -> AnswerWriter:
        """Return a writer that goes on where `frames`, the answer so far, left off."""
        ...


@dataclass(slots=True)
class EmbeddingRequest:
    """One embeddings call; `inputs` are texts, or token lists where the caller sent those.

    `encoding` is `float` or `base64`; `body_for`, `meter` and `id` are as in ChatRequest.
    """

    model: str
    protocol: WireProtocol
    needs: Requirement
    inputs: tuple[str | tuple[int, ...], ...]
    encoding: str
    dimensions: int | None
    leftovers: tuple[str, ...]
    body_for: Callable[[str], bytes]
    meter: Meter | None = None
    id: RequestId | None = None
