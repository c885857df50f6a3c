"""Writes Gemini's answers: whole, as server-sent events, or as the parts of one JSON array.

https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
"""

from base64 import b64encode
from binascii import crc32
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from msgspec import Struct
from msgspec.json import encode

from turnout.interfaces.simulator.answers import Answer, Finish
from turnout.interfaces.simulator.dialect import Frame
from turnout.interfaces.simulator.prompt import Prompt
from turnout.interfaces.simulator.stamp import Stamp

Json = dict[str, Any]

_FINISH = {
    Finish.STOP: "STOP",
    Finish.STOP_SEQUENCE: "STOP",
    Finish.LENGTH: "MAX_TOKENS",
    Finish.TOOL_CALLS: "STOP",
}


class _Spoken(Struct, frozen=True):
    """A part of an answer, and how many tokens of answer and of thought it takes."""

    part: Json
    tokens: int
    thought_tokens: int = 0


def write_reply(prompt: Prompt, answers: Sequence[Answer], stamp: Stamp, cached: int) -> bytes:
    """The whole answer as JSON."""
    usage = _usage(prompt, cached, _billed(answers), _thought(answers))
    if _blocked(answers):
        return encode(
            {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, **_tail(prompt, stamp, usage)}
        )
    candidates = [_candidate(prompt, answer, index, stamp) for index, answer in enumerate(answers)]
    return encode({"candidates": candidates, **_tail(prompt, stamp, usage)})


def write_frames(
    prompt: Prompt, answers: Sequence[Answer], stamp: Stamp, cached: int, *, as_events: bool
) -> Iterator[Frame]:
    """The answer in parts; the last one of each candidate has its finish reason."""
    chunks = _chunks(prompt, answers, stamp, cached)
    if as_events:
        for chunk, tokens in chunks:
            yield Frame(b"data: %b\r\n\r\n" % encode(chunk), tokens)
        return
    opening = b"["
    for chunk, tokens in chunks:
        yield Frame(opening + encode(chunk), tokens)
        opening = b"\n,\r\n"
    yield Frame(b"\n]", end_mark=True)


def _chunks(
    prompt: Prompt, answers: Sequence[Answer], stamp: Stamp, cached: int
) -> Iterator[tuple[Json, int]]:
    spoken = thought = 0
    if _blocked(answers):
        usage = _usage(prompt, cached, 0, 0)
        yield (
            {
                "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
                **_tail(prompt, stamp, usage),
            },
            0,
        )
        return
    turns = [_parts(prompt, answer, stamp) for answer in answers]
    for turn in zip_longest(*turns):
        for index, part in enumerate(turn):
            if part is None:
                continue
            spoken, thought = spoken + part.tokens, thought + part.thought_tokens
            candidate = {"content": {"parts": [part.part], "role": "model"}, "index": index}
            usage = _usage(prompt, cached, spoken, thought)
            chunk = {"candidates": [candidate], **_tail(prompt, stamp, usage)}
            yield chunk, part.tokens + part.thought_tokens
    for index, answer in enumerate(answers):
        empty = {"parts": [{"text": ""}], "role": "model"}
        ended = {"content": empty, "finishReason": _FINISH[answer.finish], "index": index}
        yield (
            {
                "candidates": [ended],
                **_tail(prompt, stamp, _usage(prompt, cached, spoken, thought)),
            },
            0,
        )


def _parts(prompt: Prompt, answer: Answer, stamp: Stamp) -> Iterator[_Spoken]:
    """Thoughts, then text by tokens or whole function calls."""
    unseen = 0 if prompt.reasoning_shown else len(answer.reasoning)
    if prompt.reasoning_shown:
        for piece in answer.reasoning:
            yield _Spoken({"text": piece, "thought": True}, 0, 1)
    signed = {"thoughtSignature": _signature(stamp)} if answer.reasoning else {}
    for call in answer.calls:
        function = {"name": call.name, "args": call.arguments}
        yield _Spoken({"functionCall": function, **signed}, call.tokens, unseen)
        signed, unseen = {}, 0
    for piece in answer.pieces:
        yield _Spoken({"text": piece}, 1, unseen)
        unseen = 0
    if unseen:
        yield _Spoken({"text": ""}, 0, unseen)


def _candidate(prompt: Prompt, answer: Answer, index: int, stamp: Stamp) -> Json:
    parts: list[Json] = []
    if answer.reasoning and prompt.reasoning_shown:
        parts.append({"text": "".join(answer.reasoning), "thought": True})
    parts += [
        {"functionCall": {"name": call.name, "args": call.arguments}} for call in answer.calls
    ]
    if not answer.calls:
        parts.append({"text": answer.text})
    if answer.reasoning:
        spoken = next(part for part in parts if "thought" not in part)
        spoken["thoughtSignature"] = _signature(stamp)
    candidate: Json = {
        "content": {"parts": parts, "role": "model"},
        "finishReason": _FINISH[answer.finish],
        "index": index,
    }
    if prompt.logprobs is not None:
        candidate |= _logprobs(answer.pieces, prompt.logprobs)
    return candidate


def _tail(prompt: Prompt, stamp: Stamp, usage: Json) -> Json:
    return {
        "usageMetadata": usage,
        "modelVersion": prompt.model,
        "responseId": stamp.id("", "response"),
    }


def _usage(prompt: Prompt, cached: int, spoken: int, thought: int) -> Json:
    usage: Json = {
        "promptTokenCount": prompt.prompt_tokens,
        "candidatesTokenCount": spoken,
        "totalTokenCount": prompt.prompt_tokens + spoken + thought,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": prompt.prompt_tokens}],
    }
    if thought:
        usage["thoughtsTokenCount"] = thought
    if cached:
        usage["cachedContentTokenCount"] = cached
        usage["cacheTokensDetails"] = [{"modality": "TEXT", "tokenCount": cached}]
    return usage


def _billed(answers: Sequence[Answer]) -> int:
    if _blocked(answers):
        return 0
    return sum(answer.tokens - len(answer.reasoning) for answer in answers)


def _thought(answers: Sequence[Answer]) -> int:
    return sum(len(answer.reasoning) for answer in answers)


def _blocked(answers: Sequence[Answer]) -> bool:
    return any(answer.finish is Finish.REFUSED for answer in answers)


def _signature(stamp: Stamp) -> str:
    return b64encode(stamp.id("", "thought").encode()).decode()


def _logprobs(tokens: list[str], alternatives: int) -> Json:
    chosen = [_weighed(token, 0) for token in tokens]
    top = [
        {"candidates": [_weighed(token, rank) for rank in range(alternatives)]} for token in tokens
    ]
    average = sum(float(one["logProbability"]) for one in chosen) / max(1, len(chosen))
    return {
        "avgLogprobs": average,
        "logprobsResult": {"chosenCandidates": chosen, "topCandidates": top},
    }


def _weighed(token: str, rank: int) -> Json:
    """The token itself for rank 0, else a made-up one that is less likely."""
    number = crc32(token.encode())
    named = f"{token}{rank}" if rank else token
    return {
        "token": named,
        "tokenId": number % 200_000 + rank,
        "logProbability": -(number % 1000) / 2000 - rank,
    }
