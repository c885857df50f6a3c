"""A complete answer in its other form: a stream of chunks from a whole one, and back.

Source: OpenAI's chat completions and their streaming. Fields that others add are carried where it
is plain how: what is not is no reason to guess, and there is no other form of that answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from turnout.domain.inference.usage import TokenUsage
from turnout.interfaces.relay.ingress.openai_chat.stream import DONE
from turnout.interfaces.relay.ingress.openai_chat.wording import usage_fields

Fields = dict[str, Any]

_DECODE: msgspec.json.Decoder[Fields] = msgspec.json.Decoder(Fields)
_ENCODE = msgspec.json.encode
_TEXTS = frozenset({"content", "refusal", "reasoning_content", "reasoning"})
"""Fields of a delta that are continued by appending text."""
_LISTS = frozenset({"thinking_blocks", "annotations", "images"})
"""Fields of a delta that are continued by appending entries, each of them whole."""
_PASSING = frozenset({"channel", "token_id"})
"""Fields of a delta that no whole answer has."""
_OF_THE_STREAM = frozenset({"object", "choices", "usage", "obfuscation"})
_NOT_AS_DOCUMENTED = (msgspec.DecodeError, AttributeError, KeyError, TypeError, ValueError)
"""What comes of an answer that has something else where the protocol has objects or arrays."""


class _Unclear(Exception):
    """It is not plain how to carry a field over."""


def stream_of(whole: bytes, *, include_usage: bool) -> bytes | None:
    """Return a whole answer as a stream; None where usage is asked for and not known."""
    try:
        return _stream_of(_DECODE.decode(whole), include_usage)
    except _NOT_AS_DOCUMENTED:
        return None


def whole_of(stream: bytes, usage: TokenUsage | None) -> bytes | None:
    """Return a streamed answer as a whole one; `usage` stands in where the stream tells none.

    None where usage is not known at all, or a field of a chunk could only be guessed at.
    """
    whole = _Whole()
    try:
        for payload in _payloads(stream):
            whole.take(_DECODE.decode(payload))
    except (_Unclear, *_NOT_AS_DOCUMENTED):
        return None
    told = whole.usage or (usage_fields(usage) if usage is not None else None)
    if told is None or not whole.is_finished:
        return None
    choices = [whole.choices[index].told() for index in sorted(whole.choices)]
    return _ENCODE({**whole.head, "object": "chat.completion", "choices": choices, "usage": told})


def _stream_of(completion: Fields, include_usage: bool) -> bytes | None:
    usage = completion.get("usage")
    if include_usage and usage is None:
        return None
    head = {name: value for name, value in completion.items() if name not in _OF_THE_STREAM}
    head["object"] = "chat.completion.chunk"
    ending: Fields = {"usage": None} if include_usage else {}
    chunks = [
        {**head, "choices": [part], **ending}
        for choice in completion["choices"]
        for part in _parts_of(choice)
    ]
    if include_usage:
        chunks.append({**head, "choices": [], "usage": usage})
    return b"".join([b"data: " + _ENCODE(chunk) + b"\n\n" for chunk in chunks]) + DONE


def _parts_of(choice: Fields) -> tuple[Fields, Fields]:
    """Split a choice: all that it says, and its end."""
    rest = dict(choice)
    message: Fields = rest.pop("message")
    delta = {name: value for name, value in message.items() if value is not None}
    if "tool_calls" in delta:
        delta["tool_calls"] = [{"index": i, **call} for i, call in enumerate(delta["tool_calls"])]
    index, logprobs = rest.pop("index", 0), rest.pop("logprobs", None)
    said = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": None}
    return said, {"index": index, "delta": {}, "logprobs": None, **rest}


def _payloads(stream: bytes) -> Iterator[bytes]:
    for block in stream.replace(b"\r\n", b"\n").split(b"\n\n"):
        lines = [line[5:].strip() for line in block.split(b"\n") if line.startswith(b"data:")]
        payload = b"\n".join(lines)
        if payload and payload != b"[DONE]":
            yield payload


@dataclass(slots=True)
class _Whole:
    """An answer being put together."""

    head: Fields = field(default_factory=dict)
    choices: "dict[int, _Choice]" = field(default_factory=dict)
    usage: Fields | None = None

    @property
    def is_finished(self) -> bool:
        ends = [choice.rest["finish_reason"] for choice in self.choices.values()]
        return bool(ends) and None not in ends

    def take(self, chunk: Fields) -> None:
        self.usage = chunk.get("usage") or self.usage
        for name, value in chunk.items():
            if name not in _OF_THE_STREAM and (value is not None or name not in self.head):
                self.head[name] = value
        for told in chunk.get("choices") or ():
            self.choices.setdefault(told.get("index", 0), _Choice()).take(told)


@dataclass(slots=True)
class _Choice:
    """One of its choices."""

    message: Fields = field(default_factory=lambda: {"role": "assistant", "content": None})
    calls: dict[int, Fields] = field(default_factory=dict)
    logprobs: Fields | None = None
    rest: Fields = field(default_factory=lambda: {"index": 0, "finish_reason": None})

    def take(self, choice: Fields) -> None:
        for name, value in choice.items():
            if name == "delta":
                self._delta(value or {})
            elif name == "logprobs":
                self._logprobs(value)
            elif value is not None:
                self.rest[name] = value

    def told(self) -> Fields:
        """Return the choice as a whole answer has it."""
        message = dict(self.message)
        if self.calls:
            message["tool_calls"] = [self.calls[index] for index in sorted(self.calls)]
        return {**self.rest, "message": message, "logprobs": self.logprobs}

    def _delta(self, delta: Fields) -> None:
        for name, value in delta.items():
            if value is None or name in _PASSING:
                continue
            if name in _TEXTS and isinstance(value, str):
                self.message[name] = (self.message.get(name) or "") + value
            elif name in _LISTS and isinstance(value, list):
                self.message[name] = self.message.get(name, []) + value
            elif name == "role":
                self.message[name] = value
            elif name == "tool_calls":
                self._tool_calls(value)
            elif name == "function_call":
                _continue(self.message.setdefault(name, {}), value)
            else:
                raise _Unclear(name)

    def _tool_calls(self, calls: list[Fields]) -> None:
        for told in calls:
            call = dict(told)
            index = call.pop("index", None)
            if index is None:
                raise _Unclear("index")
            known = self.calls.setdefault(index, {})
            _continue(known.setdefault("function", {}), call.pop("function", None) or {})
            _add(known, call)

    def _logprobs(self, more: Fields | None) -> None:
        if more is None:
            return
        known = self.logprobs or {}
        self.logprobs = {
            name: (known.get(name) or []) + (more.get(name) or [])
            if known.get(name) or more.get(name)
            else None
            for name in {**known, **more}
        }


def _continue(function: Fields, more: Fields) -> None:
    """Take more of a function's arguments; its name and the rest are told once, or again."""
    rest = dict(more)
    arguments = rest.pop("arguments", None)
    if arguments is not None:
        function["arguments"] = function.get("arguments", "") + arguments
    _add(function, rest)


def _add(known: Fields, more: Fields) -> None:
    for name, value in more.items():
        if value is None or value == "":
            continue
        if known.setdefault(name, value) != value:
            raise _Unclear(name)
