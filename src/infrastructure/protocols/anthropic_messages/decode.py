"""From a whole answer of Anthropic's Messages API to the canonical reply.

Source: Anthropic's Messages API, "Create a Message", returns. Blocks of tools that run at the
provider, and blocks that nobody knows yet, are passed over.
"""

import msgspec

from turnout.domain.inference.content import (
    Part,
    ReasoningPart,
    RefusalPart,
    TextPart,
    ToolCallPart,
)
from turnout.domain.inference.reply import Choice, Finish, FinishKind, Reply
from turnout.infrastructure.protocols.anthropic_messages.answer import ANSWER_TOOL
from turnout.infrastructure.protocols.anthropic_messages.failures import refuse_error
from turnout.infrastructure.protocols.anthropic_messages.usage import read_usage
from turnout.infrastructure.protocols.error_status import malformed, unreadable

_FINISHES = {
    "end_turn": FinishKind.STOP,
    "stop_sequence": FinishKind.STOP,
    "max_tokens": FinishKind.LENGTH,
    "model_context_window_exceeded": FinishKind.LENGTH,
    "tool_use": FinishKind.TOOL_CALLS,
    "refusal": FinishKind.CONTENT_FILTER,
}


class StopDetails(msgspec.Struct):
    """Why the model refused."""

    explanation: str | None = None


class _Message(msgspec.Struct):
    id: str = ""
    model: str = ""
    content: list[msgspec.Raw] | None = None
    stop_reason: str | None = None
    stop_details: StopDetails | None = None
    usage: msgspec.Raw = msgspec.Raw(b"")


class _Kind(msgspec.Struct):
    type: str = ""


class _Text(msgspec.Struct):
    text: str = ""


class _Thinking(msgspec.Struct):
    thinking: str = ""
    signature: str | None = None


class _Redacted(msgspec.Struct):
    data: str = ""


class _ToolUse(msgspec.Struct):
    id: str = ""
    name: str = ""
    input: msgspec.Raw = msgspec.Raw(b"{}")


_DECODE = msgspec.json.Decoder(_Message).decode
_KIND = msgspec.json.Decoder(_Kind).decode
_TEXT = msgspec.json.Decoder(_Text).decode
_THINKING = msgspec.json.Decoder(_Thinking).decode
_REDACTED = msgspec.json.Decoder(_Redacted).decode
_TOOL_USE = msgspec.json.Decoder(_ToolUse).decode


def decode_reply(body: bytes) -> Reply:
    """Read a 2xx. Raises ProviderFailure: MALFORMED, or that of an error inside."""
    try:
        message = _DECODE(body)
        parts = [part for raw in message.content or () if (part := _part(raw)) is not None]
    except (msgspec.DecodeError, RecursionError) as fault:
        raise unreadable(body) from fault
    if message.content is None or message.stop_reason is None:
        refuse_error(body)
        raise malformed("the provider's answer has no content or no stop_reason", body)
    explanation = message.stop_details and message.stop_details.explanation
    if explanation:
        parts.append(RefusalPart(explanation))
    finish = finish_of(message.stop_reason, calls=any(isinstance(p, ToolCallPart) for p in parts))
    usage = read_usage(message.usage)
    counted = usage.canonical() if usage is not None else None
    return Reply(message.id, message.model, (Choice(tuple(parts), finish),), counted)


def finish_of(stop_reason: str, *, calls: bool) -> Finish:
    """Read a stop reason; that of our own answer tool is an ordinary end."""
    kind = _FINISHES.get(stop_reason, FinishKind.OTHER)
    if kind is FinishKind.TOOL_CALLS and not calls:
        kind = FinishKind.STOP
    return Finish(kind, stop_reason)


def _part(raw: msgspec.Raw) -> Part | None:
    match _KIND(raw).type:
        case "text":
            text = _TEXT(raw).text
            return TextPart(text) if text else None
        case "thinking":
            thinking = _THINKING(raw)
            return ReasoningPart(thinking.thinking, signature=thinking.signature)
        case "redacted_thinking":
            return ReasoningPart("", redacted=_REDACTED(raw).data)
        case "tool_use":
            call = _TOOL_USE(raw)
            arguments = bytes(call.input).decode()
            if call.name == ANSWER_TOOL:
                return TextPart(arguments)
            return ToolCallPart(call.id, call.name, arguments)
        case _:
            return None
