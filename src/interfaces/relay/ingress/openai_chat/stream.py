"""A streamed canonical answer as `chat.completion.chunk` events.

Source: OpenAI's chat completions streaming; `thinking_blocks` as LiteLLM streams them, a signed
block once and whole. Every chunk has the same id, creation time and model, whatever happens.
"""

from dataclasses import dataclass, field

import msgspec

from turnout.domain.inference.reply import (
    ChoiceFinished,
    ReasoningDelta,
    RefusalDelta,
    ReplyEvent,
    ReplyStarted,
    Rescued,
    TextDelta,
    ToolArgumentsDelta,
    ToolCallStarted,
    UsageReported,
)
from turnout.domain.inference.usage import TokenUsage
from turnout.interfaces.relay.ingress.openai_chat.wording import (
    finish_fields,
    thinking_block,
    tool_call,
    usage_fields,
)

DONE = b"data: [DONE]\n\n"
_encode = msgspec.json.encode


@dataclass(slots=True)
class ChunkWriter:
    """Writes one answer. `id` and `model` hold until the provider names its own.

    `created` is in epoch seconds; `include_usage` is what the caller's `stream_options` asked for.
    """

    id: str
    model: str
    created: int
    include_usage: bool
    _head: bytes = field(default=b"", init=False)
    _spoken: set[int] = field(default_factory=set, init=False)
    _thoughts: dict[int, list[str]] = field(default_factory=dict, init=False)
    _usage: TokenUsage | None = field(default=None, init=False)
    _metadata: bytes = field(default=b"", init=False)

    @classmethod
    def going_on(cls, *, id: str, model: str, created: int, include_usage: bool) -> "ChunkWriter":
        """Return a writer for the rest of an answer whose first choice has begun."""
        writer = cls(id, model, created, include_usage)
        writer._spoken.add(0)
        return writer

    def write(self, event: ReplyEvent) -> bytes:
        """Return the bytes that tell `event`; nothing where it says nothing yet."""
        match event:
            case TextDelta():
                return self._delta(event.choice, {"content": event.text}, event.logprobs)
            case ToolArgumentsDelta():
                more = {"index": event.index, "function": {"arguments": event.fragment}}
                return self._delta(event.choice, {"tool_calls": [more]})
            case ReasoningDelta():
                return self._reasoning(event)
            case ToolCallStarted():
                started = tool_call(event.id, event.name, "", event.signature)
                return self._delta(
                    event.choice, {"tool_calls": [{"index": event.index, **started}]}
                )
            case RefusalDelta():
                return self._delta(event.choice, {"refusal": event.text})
            case ChoiceFinished():
                choice = {"index": event.choice, "delta": {}, **finish_fields(event.finish)}
                return self._role(event.choice) + self._chunk(choice, self._metadata)
            case UsageReported():
                self._usage = event.usage
            case Rescued():
                self._metadata = _rescue_metadata(event)
            case ReplyStarted() if not self._head:
                self.id = event.id or self.id
                self.model = event.model or self.model
        return b""

    def end(self) -> bytes:
        """Return the end of a complete answer: usage, where it was asked for, and `[DONE]`."""
        if self._usage is None or not self.include_usage:
            return DONE
        usage = _encode(usage_fields(self._usage))
        last = (self._opening(), b'"choices":[],"usage":', usage, self._metadata, b"}\n\n", DONE)
        return b"".join(last)

    def _reasoning(self, event: ReasoningDelta) -> bytes:
        written = b""
        if event.text:
            self._thoughts.setdefault(event.choice, []).append(event.text)
            written = self._delta(event.choice, {"reasoning_content": event.text})
        if event.signature is not None or event.redacted is not None:
            text = "".join(self._thoughts.pop(event.choice, ()))
            block = thinking_block(text, event.signature, event.redacted)
            written += self._delta(event.choice, {"thinking_blocks": [block]})
        return written

    def _delta(self, index: int, delta: dict[str, object], logprobs: object = None) -> bytes:
        choice = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": None}
        return self._role(index) + self._chunk(choice)

    def _role(self, index: int) -> bytes:
        """Return the chunk that opens a choice, the first time."""
        if index in self._spoken:
            return b""
        self._spoken.add(index)
        delta = {"role": "assistant", "content": "", "refusal": None}
        return self._chunk(
            {"index": index, "delta": delta, "logprobs": None, "finish_reason": None}
        )

    def _chunk(self, choice: dict[str, object], metadata: bytes = b"") -> bytes:
        usage = b'],"usage":null' if self.include_usage else b"]"
        ending = (usage, metadata, b"}\n\n")
        return b"".join((self._opening(), b'"choices":[', _encode(choice), *ending))

    def _opening(self) -> bytes:
        if not self._head:
            head = {
                "id": self.id,
                "object": "chat.completion.chunk",
                "created": self.created,
                "model": self.model,
            }
            self._head = b"data: " + _encode(head)[:-1] + b","
        return self._head


def _rescue_metadata(rescued: Rescued) -> bytes:
    """Return the member that chunks have from the finish on, in an answer that was rescued."""
    providers = rescued.providers
    told = {"rescued": len(providers) - 1, "providers": providers}
    return b',"x_turnout":' + _encode(told)
