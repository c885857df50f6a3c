"""Writes OpenAI's chat completions, whole and as chunks of a stream.

https://platform.openai.com/docs/api-reference/chat/object and `.../chat/streaming`.
"""

from binascii import crc32
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from msgspec.json import encode

from turnout.interfaces.simulator.answers import Answer, Finish, ToolCall
from turnout.interfaces.simulator.dialect import Frame
from turnout.interfaces.simulator.prompt import Prompt
from turnout.interfaces.simulator.stamp import Stamp

_FINISH = {
    Finish.STOP: "stop",
    Finish.STOP_SEQUENCE: "stop",
    Finish.LENGTH: "length",
    Finish.TOOL_CALLS: "tool_calls",
    Finish.REFUSED: "stop",
}
_DONE = Frame(b"data: [DONE]\n\n", end_mark=True)


def write_reply(prompt: Prompt, answers: Sequence[Answer], stamp: Stamp, cached: int) -> bytes:
    """The whole completion as JSON."""
    choices = [_choice(prompt, answer, index, stamp) for index, answer in enumerate(answers)]
    head = _head("chat.completion", prompt, stamp)
    return encode({**head, "choices": choices, "usage": _usage(prompt, answers, cached)})


def write_frames(
    prompt: Prompt, answers: Sequence[Answer], stamp: Stamp, cached: int
) -> Iterator[Frame]:
    """The completion as events: choices take turns, usage comes last where it was asked for."""
    chunks = _Chunks(prompt, stamp)
    for index in range(len(answers)):
        yield chunks.delta(index, {"role": "assistant", "content": "", "refusal": None})
    turns = [chunks.of(index, answer) for index, answer in enumerate(answers)]
    for turn in zip_longest(*turns):
        yield from (frame for frame in turn if frame is not None)
    for index, answer in enumerate(answers):
        yield chunks.delta(index, {}, finish=_FINISH[answer.finish])
    if prompt.include_usage:
        yield chunks.usage(_usage(prompt, answers, cached))
    yield _DONE


class _Chunks:
    """Writes the chunks of one stream, which have all but the delta in common."""

    def __init__(self, prompt: Prompt, stamp: Stamp) -> None:
        self._prompt, self._stamp = prompt, stamp
        self._head = encode(_head("chat.completion.chunk", prompt, stamp))[:-1]
        self._usage = b',"usage":null' if prompt.include_usage else b""

    def delta(
        self,
        index: int,
        delta: dict[str, Any],
        *,
        tokens: int = 0,
        finish: str | None = None,
        logprobs: object = None,
    ) -> Frame:
        choice = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish}
        data = b'data: %b%b,"choices":[%b]}\n\n' % (self._head, self._usage, encode(choice))
        return Frame(data, tokens)

    def usage(self, usage: dict[str, Any]) -> Frame:
        return Frame(b'data: %b,"choices":[],"usage":%b}\n\n' % (self._head, encode(usage)))

    def of(self, index: int, answer: Answer) -> Iterator[Frame]:
        """The chunks that carry the answer; the first bills the reasoning, which is not shown."""
        unseen = len(answer.reasoning)
        for position, call in enumerate(answer.calls):
            yield from self._call(index, position, call, unseen)
            unseen = 0
        field = "refusal" if answer.finish is Finish.REFUSED else "content"
        for piece in answer.pieces:
            logprobs = _logprobs(self._prompt, [piece])
            yield self.delta(index, {field: piece}, tokens=1 + unseen, logprobs=logprobs)
            unseen = 0
        if unseen:
            yield self.delta(index, {field: ""}, tokens=unseen)

    def _call(self, index: int, position: int, call: ToolCall, unseen: int) -> Iterator[Frame]:
        opened = {"index": position, **_call(call, index, position, self._stamp)}
        opened["function"] = {"name": call.name, "arguments": ""}
        yield self.delta(index, {"tool_calls": [opened]}, tokens=1 + unseen)
        for fragment in call.fragments:
            more = {"index": position, "function": {"arguments": fragment}}
            yield self.delta(index, {"tool_calls": [more]}, tokens=1)


def _head(kind: str, prompt: Prompt, stamp: Stamp) -> dict[str, Any]:
    return {
        "id": stamp.id("chatcmpl-"),
        "object": kind,
        "created": stamp.created,
        "model": prompt.model,
        "service_tier": "default",
        "system_fingerprint": "fp_simulator",
    }


def _choice(prompt: Prompt, answer: Answer, index: int, stamp: Stamp) -> dict[str, Any]:
    refused = answer.finish is Finish.REFUSED
    message: dict[str, Any] = {
        "role": "assistant",
        "content": None if answer.calls or refused else answer.text,
        "refusal": answer.text if refused else None,
        "annotations": [],
    }
    if answer.calls:
        message["tool_calls"] = [
            _call(call, index, position, stamp) for position, call in enumerate(answer.calls)
        ]
    return {
        "index": index,
        "message": message,
        "logprobs": _logprobs(prompt, answer.pieces),
        "finish_reason": _FINISH[answer.finish],
    }


def _call(call: ToolCall, index: int, position: int, stamp: Stamp) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments_json}
    return {
        "id": stamp.id("call_", f"{index}/{position}"),
        "type": "function",
        "function": function,
    }


def _usage(prompt: Prompt, answers: Sequence[Answer], cached: int) -> dict[str, Any]:
    completion = sum(answer.tokens for answer in answers)
    reasoning = sum(len(answer.reasoning) for answer in answers)
    return {
        "prompt_tokens": prompt.prompt_tokens,
        "completion_tokens": completion,
        "total_tokens": prompt.prompt_tokens + completion,
        "prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _logprobs(prompt: Prompt, tokens: list[str]) -> dict[str, Any] | None:
    if prompt.logprobs is None:
        return None
    return {"content": [_logprob(token, prompt.logprobs) for token in tokens], "refusal": None}


def _logprob(token: str, alternatives: int) -> dict[str, Any]:
    """The token first, then made-up ones that are each less likely."""
    likely = -(crc32(token.encode()) % 1000) / 2000
    others = [(f"{token}{rank}", likely - 1.0 - rank) for rank in range(1, alternatives)]
    top = [(token, likely), *others] if alternatives else []
    return {**_weighed(token, likely), "top_logprobs": [_weighed(*other) for other in top]}


def _weighed(token: str, logprob: float) -> dict[str, Any]:
    return {"token": token, "logprob": logprob, "bytes": list(token.encode())}
