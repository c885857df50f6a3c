"""Writes Anthropic's messages, whole and as the events of a stream.

https://docs.anthropic.com/en/api/messages and `.../messages-streaming`.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.json import encode

from turnout.interfaces.simulator.answers import Answer, Finish
from turnout.interfaces.simulator.anthropic_messages.signatures import signature_of
from turnout.interfaces.simulator.dialect import Frame
from turnout.interfaces.simulator.prompt import Prompt
from turnout.interfaces.simulator.stamp import Stamp

_STOP_REASONS = {
    Finish.STOP: "end_turn",
    Finish.STOP_SEQUENCE: "stop_sequence",
    Finish.LENGTH: "max_tokens",
    Finish.TOOL_CALLS: "tool_use",
    Finish.REFUSED: "refusal",
}
_PING = Frame(b'event: ping\ndata: {"type":"ping"}\n\n')


class Cached(Struct, frozen=True):
    """Tokens of the prompt that came from the cache, and those newly put there."""

    read: int
    created: int


def write_reply(prompt: Prompt, answer: Answer, stamp: Stamp, cached: Cached) -> bytes:
    """The whole message as JSON."""
    message = _message(prompt, stamp, cached, output_tokens=answer.tokens)
    message["content"] = [{**block.opened, **block.filled} for block in _blocks(answer, stamp)]
    return encode({**message, **_ending(answer)})


def write_frames(prompt: Prompt, answer: Answer, stamp: Stamp, cached: Cached) -> Iterator[Frame]:
    """The message as events, from `message_start` to `message_stop`."""
    yield _event("message_start", {"message": _message(prompt, stamp, cached, output_tokens=1)})
    for index, block in enumerate(_blocks(answer, stamp)):
        yield _event("content_block_start", {"index": index, "content_block": block.opened})
        if index == 0:
            yield _PING
        for kind, field, value, tokens in block.deltas:
            delta = {"type": kind, field: value}
            yield _event("content_block_delta", {"index": index, "delta": delta}, tokens)
        yield _event("content_block_stop", {"index": index})
    usage = _usage(prompt, cached, answer.tokens)
    yield _event("message_delta", {"delta": _ending(answer), "usage": usage})
    yield Frame(b'event: message_stop\ndata: {"type":"message_stop"}\n\n', end_mark=True)


class _ContentBlock(Struct, frozen=True):
    """A block as it opens, its deltas as (type, field, value, tokens), and what it adds up to."""

    opened: dict[str, Any]
    deltas: list[tuple[str, str, str, int]]
    filled: dict[str, Any]


def _blocks(answer: Answer, stamp: Stamp) -> Iterator[_ContentBlock]:
    if answer.reasoning:
        thinking = "".join(answer.reasoning)
        signature = signature_of(thinking)
        deltas = [("thinking_delta", "thinking", piece, 1) for piece in answer.reasoning]
        deltas.append(("signature_delta", "signature", signature, 0))
        filled = {"thinking": thinking, "signature": signature}
        yield _ContentBlock({"type": "thinking", "thinking": "", "signature": ""}, deltas, filled)
    if answer.pieces:
        deltas = [("text_delta", "text", piece, 1) for piece in answer.pieces]
        yield _ContentBlock({"type": "text", "text": ""}, deltas, {"text": answer.text})
    for position, call in enumerate(answer.calls):
        opened = {
            "type": "tool_use",
            "id": stamp.id("toolu_", str(position)),
            "name": call.name,
            "input": {},
        }
        yield _ContentBlock(opened, _json_deltas(call.fragments), {"input": call.arguments})


def _json_deltas(fragments: list[str]) -> list[tuple[str, str, str, int]]:
    return [("input_json_delta", "partial_json", fragment, 1) for fragment in ("", *fragments)]


def _message(prompt: Prompt, stamp: Stamp, cached: Cached, *, output_tokens: int) -> dict[str, Any]:
    kept = {"ephemeral_5m_input_tokens": cached.created, "ephemeral_1h_input_tokens": 0}
    usage = _usage(prompt, cached, output_tokens)
    return {
        "id": stamp.id("msg_"),
        "type": "message",
        "role": "assistant",
        "model": prompt.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {**usage, "cache_creation": kept, "service_tier": "standard"},
    }


def _ending(answer: Answer) -> dict[str, Any]:
    return {
        "stop_reason": _STOP_REASONS[answer.finish],
        "stop_sequence": answer.stop_sequence,
    }


def _usage(prompt: Prompt, cached: Cached, output_tokens: int) -> dict[str, int]:
    return {
        "input_tokens": max(0, prompt.prompt_tokens - cached.read - cached.created),
        "cache_creation_input_tokens": cached.created,
        "cache_read_input_tokens": cached.read,
        "output_tokens": output_tokens,
    }


def _event(kind: str, data: dict[str, Any], tokens: int = 0) -> Frame:
    body = encode({"type": kind, **data})
    return Frame(b"event: %b\ndata: %b\n\n" % (kind.encode(), body), tokens)
