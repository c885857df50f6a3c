"""ChatContinuation: a call whose streamed answer another provider can go on with.

Source: OpenAI's chat completions streaming. A last message of the assistant is the beginning of
the answer at the vendors that know prefill (Anthropic, Mistral, most servers of open models).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import msgspec

from turnout.domain.inference.capability import Requirement
from turnout.domain.inference.failure import InvalidRequest
from turnout.domain.inference.reply import ReplyEvent
from turnout.domain.inference.request import ChatRequest, WireProtocol
from turnout.interfaces.relay.ingress.openai_chat.chunks import Head, read_chunk, read_head
from turnout.interfaces.relay.ingress.openai_chat.conversation import read_conversation
from turnout.interfaces.relay.ingress.openai_chat.stream import ChunkWriter
from turnout.interfaces.relay.openai.json_body import CallerBody, exchange, read_json


class _Turn(msgspec.Struct, gc=False):
    role: str


BYTES_PER_TOKEN = 4
"""About what a token of text takes, where its provider did not tell."""
_LIMITS = ("max_tokens", "max_completion_tokens")
_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TURNS = msgspec.json.Decoder(list[_Turn])
_LIMIT = msgspec.json.Decoder(int | None)


@dataclass(slots=True)
class ChatContinuation:
    """A Continuation of the call that `body` holds."""

    body: bytes
    needs: Requirement
    include_usage: bool

    def prefilled(self, text: str) -> ChatRequest | None:
        """See Continuation."""
        try:
            messages = read_json(_FIELDS, self.body)["messages"]
            turns = read_json(_TURNS, messages)
        except InvalidRequest:
            return None
        if turns[-1].role == "assistant":
            return None
        begun = msgspec.json.encode({"role": "assistant", "content": text})
        more = b"".join((bytes(messages).rstrip()[:-1], b",", begun, b"]"))
        body = _shortened(exchange(self.body, messages, more), text)
        held = CallerBody(body, read_json(_FIELDS, body)["model"])
        return ChatRequest(
            model=held.model,
            stream=True,
            protocol=WireProtocol.OPENAI_CHAT,
            needs=self.needs,
            body_for=held.body_for,
            decode=partial(read_conversation, body),
        )

    def read(self, frame: bytes) -> list[ReplyEvent] | None:
        """See Continuation."""
        return read_chunk(frame)

    def writer(self, frames: Sequence[bytes]) -> ChunkWriter:
        """See Continuation."""
        heads = (head for frame in frames if (head := read_head(frame)) is not None)
        head = next(heads, Head())
        return ChunkWriter.going_on(
            id=head.id, model=head.model, created=head.created, include_usage=self.include_usage
        )


def _shortened(body: bytes, text: str) -> bytes:
    """Return `body` with what `text` has used up taken off the limits of the answer's length."""
    used = len(text.encode()) // BYTES_PER_TOKEN
    for name in _LIMITS:
        limit = read_json(_FIELDS, body).get(name)
        if limit is not None and (tokens := read_json(_LIMIT, limit)):
            body = exchange(body, limit, b"%d" % max(1, tokens - used))
    return body
