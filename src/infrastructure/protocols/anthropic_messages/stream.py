"""Reading a streamed answer of Anthropic's Messages API.

Source: Anthropic's "Streaming messages": message_start, content_block_start/delta/stop,
message_delta, message_stop, with ping and error in between.
"""

from itertools import count

import msgspec

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import (
    ChoiceFinished,
    ReasoningDelta,
    RefusalDelta,
    ReplyEvent,
    ReplyStarted,
    TextDelta,
    ToolArgumentsDelta,
    ToolCallStarted,
    UsageReported,
)
from turnout.infrastructure.protocols.anthropic_messages.answer import ANSWER_TOOL
from turnout.infrastructure.protocols.anthropic_messages.decode import StopDetails, finish_of
from turnout.infrastructure.protocols.anthropic_messages.failures import WireError, failure_inside
from turnout.infrastructure.protocols.anthropic_messages.usage import WireUsage, read_usage
from turnout.infrastructure.protocols.event_data import event_data

_NOTHING = msgspec.Raw(b"")


class _Message(msgspec.Struct, gc=False):
    id: str = ""
    model: str = ""
    usage: msgspec.Raw = _NOTHING


class _Block(msgspec.Struct, gc=False):
    type: str = ""
    id: str | None = None
    name: str | None = None
    text: str | None = None
    thinking: str | None = None
    signature: str | None = None
    data: str | None = None
    input: msgspec.Raw = _NOTHING


class _Delta(msgspec.Struct, gc=False):
    type: str | None = None
    text: str | None = None
    partial_json: str | None = None
    thinking: str | None = None
    signature: str | None = None
    stop_reason: str | None = None
    stop_details: StopDetails | None = None


class _Event(msgspec.Struct, gc=False):
    type: str = ""
    index: int = 0
    message: _Message | None = None
    content_block: _Block | None = None
    delta: _Delta | None = None
    usage: msgspec.Raw = _NOTHING
    error: WireError | None = None


_DECODE = msgspec.json.Decoder(_Event).decode
_NO_INPUT = (b"", b"{}", b"null", b'""')


class MessageStream:
    """One answer under way. A StreamDecoder."""

    __slots__ = ("_answers", "_calls", "_ended", "_numbers", "_unsaid", "_usage")

    def __init__(self) -> None:
        self._usage = WireUsage()
        self._calls: dict[int, int] = {}
        """Where each block that is a tool call stands among the calls."""
        self._numbers = count()
        self._answers: set[int] = set()
        """The blocks that are calls of our own answer tool."""
        self._unsaid: set[int] = set()
        """The blocks that are tool calls, or our answer, of which no JSON has come yet."""
        self._ended = False

    def feed(self, block: bytes) -> list[ReplyEvent]:
        """See StreamDecoder. What cannot be read is skipped, unknown events too."""
        data = event_data(block)
        if not data:
            return []
        try:
            event = _DECODE(data)
        except (msgspec.DecodeError, RecursionError):
            return []
        if event.error is not None:
            raise failure_inside(event.error, data)
        return self._read(event)

    def end(self) -> list[ReplyEvent]:
        """See StreamDecoder. A stop reason is an end, with or without `message_stop`."""
        if not self._ended:
            raise ProviderFailure(
                FailureKind.TRANSPORT, "the provider's stream ended before the answer did"
            )
        return []

    def _read(self, event: _Event) -> list[ReplyEvent]:
        if event.type == "content_block_delta" and event.delta is not None:
            return self._delta(event.index, event.delta)
        if event.type == "content_block_start" and event.content_block is not None:
            return self._block(event.index, event.content_block)
        if event.type == "content_block_stop":
            return self._arguments(event.index, "{}") if event.index in self._unsaid else []
        if event.type == "message_start" and event.message is not None:
            started = event.message
            return [ReplyStarted(started.id, started.model), *self._count(started.usage)]
        if event.type == "message_delta":
            return [*self._count(event.usage), *self._finish(event.delta)]
        return []

    def _delta(self, index: int, delta: _Delta) -> list[ReplyEvent]:
        if delta.text:
            return [TextDelta(delta.text)]
        if delta.partial_json:
            return self._arguments(index, delta.partial_json)
        if delta.thinking or delta.signature:
            return [ReasoningDelta(delta.thinking or "", signature=delta.signature or None)]
        return []

    def _arguments(self, index: int, fragment: str) -> list[ReplyEvent]:
        self._unsaid.discard(index)
        if index in self._answers:
            return [TextDelta(fragment)]
        call = self._calls.get(index)
        return [] if call is None else [ToolArgumentsDelta(call, fragment)]

    def _block(self, index: int, block: _Block) -> list[ReplyEvent]:
        match block.type:
            case "text":
                return [TextDelta(block.text)] if block.text else []
            case "thinking":
                return self._delta(index, _Delta(None, None, None, block.thinking, block.signature))
            case "redacted_thinking":
                return [ReasoningDelta(redacted=block.data or "")]
            case "tool_use":
                return self._call(index, block)
            case _:
                return []

    def _call(self, index: int, block: _Block) -> list[ReplyEvent]:
        self._unsaid.add(index)
        events: list[ReplyEvent] = []
        if block.name == ANSWER_TOOL:
            self._answers.add(index)
        else:
            call = self._calls[index] = next(self._numbers)
            events.append(ToolCallStarted(call, block.id or "", block.name or ""))
        given = bytes(block.input)
        if given not in _NO_INPUT:
            events += self._arguments(index, given.decode())
        return events

    def _count(self, raw: msgspec.Raw) -> list[ReplyEvent]:
        usage = read_usage(raw)
        if usage is None:
            return []
        self._usage = self._usage.updated(usage)
        return [UsageReported(self._usage.canonical())]

    def _finish(self, delta: _Delta | None) -> list[ReplyEvent]:
        if delta is None or delta.stop_reason is None:
            return []
        self._ended = True
        finished = ChoiceFinished(finish_of(delta.stop_reason, calls=bool(self._calls)))
        explanation = delta.stop_details and delta.stop_details.explanation
        return [RefusalDelta(explanation), finished] if explanation else [finished]
