"""What a recording says, read without any of the product's code.

Answers in OpenAI's protocol are walked as plain JSON; Anthropic's and Google's are read by their
own clients, from the same bytes.
"""

import base64
import json
import re
import struct
from collections.abc import Iterator
from typing import Any

from tests.conformance.answer import Answer, Call, Failed, Pieces, Said
from tests.conformance.judgement import expected_failure
from tests.conformance.replay import as_events
from tests.conformance.scope import Case
from tests.support.official_readers import Heard, by_anthropic, by_google
from tests.support.recordings import Recording

_FINISHES = {
    "end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "tool_use": "tool_calls",
    "refusal": "content_filter", "STOP": "stop", "MAX_TOKENS": "length",
    "SAFETY": "content_filter",
}  # fmt: skip
"""Anthropic's and Gemini's words in OpenAI's; any other is a reason to look here again."""

_EXPLANATION = re.compile(rb'"explanation": *("(?:[^"\\\\]|\\\\.)*")')
_NUMBERED = {"finishReason": "STOP", "modality": "TEXT", "trafficType": "ON_DEMAND"}
"""What 1 stands for: one client of Google's writes numbers, which the other does not read."""
_ARGUMENTS: dict[str, list[object]] = {
    # Google's client does not put arguments together that come in pieces.
    "gem_12459f82123c9e": [{"location": "Boston"}, {"location": "San Francisco"}],
    "gem_ccfdbac6a605b0": [{}, {"id": "A"}, {"id": "B"}, {"id": "C"}],
    # Anthropic's guesses the end of arguments that are cut off.
    "ant_35cb81be1147d3": ['{"value":"Spark', {"value": "Sparkle Day"}],
}
"""Arguments that the vendors' clients do not read, as one reads them."""


def expected(case: Case) -> Answer:
    """Read a recording as the caller should read it through Turnout."""
    recording = case.recording
    failed = expected_failure(recording)
    if failed is not None and failed.exception != "APIError":
        return Answer(failed=failed)
    answer = _read(case)
    return answer if failed is None else broken_off(answer, failed)


def broken_off(answer: Answer, failed: Failed) -> Answer:
    """What the caller has of an answer that fails in its midst: no end, and no whole arguments."""
    for said in answer.choices.values():
        said.finish = None
        said.calls = [Call(call.id, call.name, None) for call in said.calls]
    return Answer(answer.choices, failed=failed)


def _read(case: Case) -> Answer:
    recording, native = case.recording, case.party.protocol == "openai_chat"
    if recording.endpoint == "embeddings":
        return _vectors(recording) if native else _googles_vectors(recording)
    if native:
        return _chunks(recording) if recording.stream else _completion(recording)
    if case.party.protocol == "anthropic_messages":
        return _message(recording)
    body = as_events(recording)
    for field, name in _NUMBERED.items():
        body = re.sub(rf'"{field}": *1\b'.encode(), f'"{field}": "{name}"'.encode(), body)
    answer = _translated(by_google(body, stream=recording.stream))
    for said in answer.choices.values():
        if said.calls and said.finish == "stop":  # Gemini has no word of its own for it
            said.finish = "tool_calls"
    return _with_known_arguments(answer, recording)


def _message(recording: Recording) -> Answer:
    """Read Anthropic's answer. A stream with several messages in it is one answer after all."""
    body = recording.body.partition(b"event: error")[0]
    start = b"event: message_start"
    parts = [start + part for part in body.split(start)[1:]] if recording.stream else [body]
    answers = [_translated(by_anthropic(part, stream=recording.stream)) for part in parts]
    answer = answers[-1]
    said = answer.choices[0]
    for before in [each.choices[0] for each in reversed(answers[:-1])]:
        said.text, said.calls = before.text + said.text, before.calls + said.calls
        said.reasoning = before.reasoning + said.reasoning
    said.refusal = "".join(json.loads(text) for text in _EXPLANATION.findall(body))
    return _with_known_arguments(answer, recording)


def _with_known_arguments(answer: Answer, recording: Recording) -> Answer:
    known = _ARGUMENTS.get(recording.id)
    if known is not None:
        said = answer.choices[0]
        pairs = zip(said.calls, known, strict=True)
        said.calls = [Call(None, call.name, arguments) for call, arguments in pairs]
    return answer


def _completion(recording: Recording) -> Answer:
    body = json.loads(recording.body)
    answer = Answer(usage=body.get("usage") or None)
    for choice in body["choices"]:
        pieces = Pieces()
        pieces.hear(_plain(choice["message"]))
        said = answer.choices[choice.get("index") or 0] = pieces.whole()
        said.finish = choice.get("finish_reason")
    return answer


def _chunks(recording: Recording) -> Answer:
    answer = Answer()
    read: dict[int, Pieces] = {}
    for chunk in _events(recording):
        usage = chunk.get("usage") or (chunk.get("x_groq") or {}).get("usage")
        answer.usage = usage or answer.usage
        for choice in chunk.get("choices") or ():
            pieces = read.setdefault(choice.get("index") or 0, Pieces())
            pieces.hear(_plain(choice.get("delta") or {}))
            pieces.said.finish = choice.get("finish_reason") or pieces.said.finish
    answer.choices = {index: pieces.whole() for index, pieces in read.items()}
    return answer


def _plain(message: dict[str, Any]) -> dict[str, Any]:
    """Take a content apart that is a list of parts, as Mistral's is, into text and thinking."""
    parts = message.get("content")
    if not isinstance(parts, list):
        return message
    texts = [part["text"] for part in parts if part["type"] == "text"]
    thoughts = [
        inner["text"] for part in parts if part["type"] == "thinking" for inner in part["thinking"]
    ]
    return {**message, "content": "".join(texts), "reasoning_content": "".join(thoughts)}


def _events(recording: Recording) -> Iterator[dict[str, Any]]:
    for line in recording.body.decode().splitlines():
        data = line.removeprefix("data:").strip()
        if line.startswith("data:") and data and not data.startswith("[DONE]"):
            yield json.loads(data)


def _vectors(recording: Recording) -> Answer:
    body = json.loads(recording.body)
    vectors = [_numbers(each["embedding"]) for each in body["data"]]
    return Answer(usage=body.get("usage") or None, vectors=vectors)


def _numbers(written: str | list[float]) -> list[float]:
    if isinstance(written, list):
        return written
    data = base64.b64decode(written)
    return list(struct.unpack(f"<{len(data) // 4}f", data))


def _googles_vectors(recording: Recording) -> Answer:
    """Read batchEmbedContents, embedContent or predict. Unknown counts are told as 0."""
    body = json.loads(recording.body)
    found = body.get("embeddings") or [body.get("embedding")]
    if "predictions" in body:
        found = [each["embeddings"] for each in body["predictions"]]
    tokens = (body.get("usageMetadata") or {}).get("promptTokenCount") or sum(
        (each.get("statistics") or {}).get("token_count") or 0 for each in found
    )
    singles = [struct.pack(f"<{len(each['values'])}f", *each["values"]) for each in found]
    vectors = [list(struct.unpack(f"<{len(each) // 4}f", each)) for each in singles]
    return Answer(usage={"prompt_tokens": tokens, "total_tokens": tokens}, vectors=vectors)


def _translated(heard: Heard) -> Answer:
    answer = Answer()
    for index, choice in heard.choices.items():
        calls = [Call(None, name, arguments) for name, arguments in choice.calls]
        finish = _FINISHES[choice.finish] if choice.finish else None
        answer.choices[index] = Said(choice.text, choice.reasoning, "", calls, finish)
    if heard.tokens is not None:
        prompt, cached, completion, reasoning = heard.tokens
        answer.usage = counts(prompt, cached, completion, reasoning)
    return answer


def counts(prompt: int, cached: int, completion: int, reasoning: int) -> dict[str, Any]:
    """Name the counts that are compared where an answer was translated."""
    return {
        "prompt_tokens": prompt,
        "cached_tokens": cached,
        "completion_tokens": completion,
        "reasoning_tokens": reasoning,
        "total_tokens": prompt + completion,
    }
