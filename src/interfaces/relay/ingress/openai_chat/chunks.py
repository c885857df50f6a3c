"""Reading chunks of a streamed answer back, when it has to go on in other hands.

Source: OpenAI's chat completions streaming, and the fields by which others stream thinking.
"""

from typing import Any

import msgspec

from turnout.domain.inference.reply import (
    ChoiceFinished,
    Finish,
    FinishKind,
    ReasoningDelta,
    RefusalDelta,
    ReplyEvent,
    TextDelta,
    ToolArgumentsDelta,
    ToolCallStarted,
)

Fields = dict[str, Any]


class Head(msgspec.Struct, gc=False):
    """What all chunks of an answer have in common; `created` is in epoch seconds."""

    id: str = ""
    model: str = ""
    created: int = 0


class _Choice(msgspec.Struct, gc=False):
    index: int = 0
    delta: Fields | None = None
    finish_reason: str | None = None
    logprobs: Fields | None = None


class _Chunk(msgspec.Struct, gc=False):
    choices: list[_Choice] | None = None


_HEAD = msgspec.json.Decoder(Head)
_CHUNK = msgspec.json.Decoder(_Chunk)
_SILENT = frozenset({"role", "channel", "token_id", "annotations"})
_THOUGHTS = ("reasoning_content", "reasoning", "reasoning_details", "thinking_blocks")
_FINISHES = {
    "stop": FinishKind.STOP,
    "length": FinishKind.LENGTH,
    "tool_calls": FinishKind.TOOL_CALLS,
    "content_filter": FinishKind.CONTENT_FILTER,
}


class _Foreign(Exception):
    """A chunk shows what no event tells."""


def read_head(frame: bytes) -> Head | None:
    """Return the head of the chunk in `frame`, None where there is no chunk in it."""
    data = _payload(frame)
    if data is None:
        return None
    try:
        return _HEAD.decode(data)
    except msgspec.DecodeError:
        return None


def read_chunk(frame: bytes) -> list[ReplyEvent] | None:
    """Return what `frame` says, usage aside; None where no event could tell it."""
    data = _payload(frame)
    if data is None:
        return []
    told: list[ReplyEvent] = []
    try:
        for choice in _CHUNK.decode(data).choices or ():
            told += _told(choice)
    except (msgspec.DecodeError, _Foreign, AttributeError, KeyError, TypeError):
        return None
    return told


def _payload(frame: bytes) -> bytes | None:
    lines = [line[5:].strip() for line in frame.splitlines() if line.startswith(b"data:")]
    payload = b"\n".join(lines)
    return payload if payload and payload != b"[DONE]" else None


def _told(choice: _Choice) -> list[ReplyEvent]:
    events: list[ReplyEvent] = []
    delta = {name: value for name, value in (choice.delta or {}).items() if value}
    thoughts = [delta.pop(name) for name in _THOUGHTS if name in delta]
    if thoughts:
        events.append(ReasoningDelta(choice=choice.index))
    if text := delta.pop("content", None):
        events.append(TextDelta(_text(text), choice.index, choice.logprobs))
    if refusal := delta.pop("refusal", None):
        events.append(RefusalDelta(_text(refusal), choice.index))
    for call in delta.pop("tool_calls", ()):
        events += _call(call, choice.index)
    if delta.keys() - _SILENT:
        raise _Foreign
    if reason := choice.finish_reason:
        finish = Finish(_FINISHES.get(reason, FinishKind.OTHER), reason)
        events.append(ChoiceFinished(finish, choice.index))
    return events


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _call(call: Fields, choice: int) -> list[ReplyEvent]:
    index, function = call["index"], call.get("function") or {}
    events: list[ReplyEvent] = []
    if call.get("id"):
        events.append(ToolCallStarted(index, call["id"], function["name"], choice))
    if arguments := function.get("arguments"):
        events.append(ToolArgumentsDelta(index, _text(arguments), choice))
    return events
