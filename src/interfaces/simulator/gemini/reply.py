"""Writes Gemini's answers: whole, as server-sent events, or as the parts of one JSON array.

https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
"""

from base64 import b64encode
from binascii import crc32
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from msgspec import Struct
from msgspec.json import encode

from turnout.interfaces.simulator.answers import Answer, Finish, billed
from turnout.interfaces.simulator.billing import Tokens
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

    @property
    def billed(self) -> int:
        return self.tokens + self.thought_tokens


class Reply(Struct, frozen=True):
    """An answer of one or more candidates, to be written in one of three ways."""

    prompt: Prompt
    answers: list[Answer]
    stamp: Stamp
    cached: int

    @property
    def blocked(self) -> bool:
        """Whether the prompt was blocked, so that there is no candidate at all."""
        return any(answer.finish is Finish.REFUSED for answer in self.answers)

    @property
    def tokens(self) -> Tokens:
        """What is billed for it; of a blocked one only the prompt."""
        return billed(self.prompt, [] if self.blocked else self.answers, cached=self.cached)

    def write(self) -> bytes:
        """The whole answer as JSON."""
        if self.blocked:
            return encode(self._blocked())
        candidates = [
            _candidate(self.prompt, answer, index, self.stamp)
            for index, answer in enumerate(self.answers)
        ]
        tokens = self.tokens
        spoken = tokens.completion - tokens.reasoning
        return encode(self._response(candidates, spoken, tokens.reasoning))

    def events(self) -> Iterator[Frame]:
        """The answer in parts as server-sent events, with the line ends that Google sends."""
        for chunk, tokens in self._chunks():
            yield Frame(b"data: %b\r\n\r\n" % encode(chunk), tokens)

    def array(self) -> Iterator[Frame]:
        """The answer in parts as one JSON array."""
        opening = b"["
        for chunk, tokens in self._chunks():
            yield Frame(opening + encode(chunk), tokens)
            opening = b"\n,\r\n"
        yield Frame(b"\n]", end_mark=True)

    def _chunks(self) -> Iterator[tuple[Json, int]]:
        """Candidates take turns; at the end each is given its finish reason."""
        if self.blocked:
            yield self._blocked(), 0
            return
        spoken = thought = 0
        turns = [_parts(self.prompt, answer, self.stamp) for answer in self.answers]
        for turn in zip_longest(*turns):
            for index, part in enumerate(turn):
                if part is None:
                    continue
                spoken, thought = spoken + part.tokens, thought + part.thought_tokens
                candidate = {"content": {"parts": [part.part], "role": "model"}, "index": index}
                yield (
                    self._response([candidate], spoken, thought),
                    part.tokens + part.thought_tokens,
                )
        for index, answer in enumerate(self.answers):
            signed = _signed(answer, self.stamp) if not answer.calls else {}
            ended = {
                "content": {"parts": [{"text": "", **signed}], "role": "model"},
                "finishReason": _FINISH[answer.finish],
                "index": index,
            }
            yield self._response([ended], spoken, thought), 0

    def _blocked(self) -> Json:
        return {
            "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
            **self._tail(_usage(self.prompt, self.cached, 0, 0)),
        }

    def _response(self, candidates: list[Json], spoken: int, thought: int) -> Json:
        usage = _usage(self.prompt, self.cached, spoken, thought)
        return {"candidates": candidates, **self._tail(usage)}

    def _tail(self, usage: Json) -> Json:
        return {
            "usageMetadata": usage,
            "modelVersion": self.prompt.model,
            "responseId": self.stamp.id("", "response"),
        }


def _parts(prompt: Prompt, answer: Answer, stamp: Stamp) -> Iterator[_Spoken]:
    """Thoughts, then text by tokens or whole function calls."""
    unseen = 0 if prompt.reasoning_shown else len(answer.reasoning)
    if prompt.reasoning_shown:
        for piece in answer.reasoning:
            yield _Spoken({"text": piece, "thought": True}, 0, 1)
    signed = _signed(answer, stamp)
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
    spoken: list[Json] = [
        {"functionCall": {"name": call.name, "args": call.arguments}} for call in answer.calls
    ] or [{"text": answer.text}]
    spoken[0] |= _signed(answer, stamp)
    shown = answer.reasoning and prompt.reasoning_shown
    thoughts = [{"text": "".join(answer.reasoning), "thought": True}] if shown else []
    candidate: Json = {
        "content": {"parts": [*thoughts, *spoken], "role": "model"},
        "finishReason": _FINISH[answer.finish],
        "index": index,
    }
    if prompt.logprobs is not None:
        candidate |= _logprobs(answer.pieces, prompt.logprobs)
    return candidate


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


def _signed(answer: Answer, stamp: Stamp) -> Json:
    """What is to come back with the next turn where there was thought."""
    if not answer.reasoning:
        return {}
    return {"thoughtSignature": b64encode(stamp.id("", "thought").encode()).decode()}


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
