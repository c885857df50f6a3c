"""Every recorded answer of OpenAI-compatible servers, read by the codec and by a plain JSON reader.

The whole collection is read where it stands beside the repository, else the few in the cassettes.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clients import embedding_request
from tests.support.gateways import chat_request
from tests.support.recordings import CASSETTES, WIRE, Recording, recordings
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeFrame
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.protocols.openai_chat import CODEC

OTHER_EMBEDDINGS = {"cohere", "gemini", "vertex", "voyage"}
FILES = sorted([*WIRE.glob("*__chat_completions.jsonl"), *WIRE.glob("*__embeddings.jsonl")])
FILES = FILES or sorted(CASSETTES.glob("*/exchanges.jsonl"))
DOCUMENTED = [path for path in [WIRE / "documented_errors.jsonl"] if path.exists()]
by_file = pytest.mark.parametrize(
    "path", FILES, ids=lambda path: path.parent.name + "-" + path.stem
)

Kind = FailureKind
KINDS_OF_STATUS = {
    400: {
        Kind.BAD_REQUEST, Kind.UNSUPPORTED, Kind.MODEL_MISSING, Kind.CONTEXT_TOO_LONG,
        Kind.CONTENT_REFUSED,
    },
    401: {Kind.AUTH},
    402: {Kind.QUOTA_EXHAUSTED},
    403: {Kind.AUTH, Kind.CONTENT_REFUSED},
    404: {Kind.MODEL_MISSING, Kind.UNSUPPORTED},
    413: {Kind.RATE_LIMITED},
    422: {Kind.BAD_REQUEST},
    429: {Kind.RATE_LIMITED, Kind.QUOTA_EXHAUSTED},
    498: {Kind.OVERLOADED},
    500: {Kind.OVERLOADED, Kind.CONTEXT_TOO_LONG, Kind.UNSUPPORTED},
    502: {Kind.OVERLOADED},
    503: {Kind.OVERLOADED},
    520: {Kind.OVERLOADED},
}  # fmt: skip


def chosen(path: Path, endpoint: str) -> Iterator[Recording]:
    return (r for r in recordings(path) if r.endpoint == endpoint)


def expected_usage(raw: dict[str, Any] | None) -> tuple[int, int] | None:
    """Tokens in and out by the fields that all servers have; what only the total knows is out."""
    if not raw:
        return None
    prompt, completion = raw.get("prompt_tokens") or 0, raw.get("completion_tokens") or 0
    audio = (raw.get("prompt_tokens_details") or {}).get("audio_tokens") or 0
    missing = max(0, (raw.get("total_tokens") or 0) - prompt - completion)
    into_prompt = missing if missing == audio else 0
    return prompt + into_prompt, completion + missing - into_prompt


def tokens(usage: TokenUsage | None) -> tuple[int, int] | None:
    return None if usage is None else (usage.input_tokens, usage.output_tokens)


def events(recording: Recording) -> list[dict[str, Any]]:
    lines = recording.body.decode().splitlines()
    data = [line[5:].strip() for line in lines if line.startswith("data:")]
    return [json.loads(text) for text in data if text and text != "[DONE]"]


def usage_of(event: dict[str, Any]) -> dict[str, Any] | None:
    return event.get("usage") or (event.get("x_groq") or {}).get("usage")


@by_file
def test_whole_answers(path: Path) -> None:
    for recording in chosen(path, "chat_completions"):
        if recording.stream or recording.status != 200:
            continue
        said = json.loads(recording.body)
        reply = CODEC.chat.reply(recording.body, chat_request())
        assert reply.usage is not None or not said.get("usage"), recording.id
        assert tokens(reply.usage) == expected_usage(said.get("usage")), recording.id
        assert getattr(reply, "body", None) == recording.body
        assert reply.model == said.get("model")


@by_file
def test_streams(path: Path) -> None:
    for recording in chosen(path, "chat_completions"):
        said = events(recording) if recording.stream and recording.status == 200 else []
        if not said or any(event.get("error") for event in said):
            continue
        frames = read(recording)
        passed_on = [frame.data for frame in frames if frame.data.startswith(b"data:")]
        sent = [block for block in recording.blocks if block.startswith(b"data:")]
        assert passed_on[: len(sent)] == sent, recording.id
        reports = [expected_usage(usage_of(event)) for event in said if usage_of(event)]
        assert [tokens(f.usage) for f in frames if f.usage] == reports, recording.id
        assert frames[-1].data.strip() == b"data: [DONE]"
        finishes = sum(
            any(choice.get("finish_reason") for choice in event.get("choices", []))
            for event in said
        )
        assert sum(frame.finished for frame in frames) == finishes + 1, recording.id


@by_file
def test_embeddings(path: Path) -> None:
    for recording in chosen(path, "embeddings"):
        if recording.status != 200 or recording.provider in OTHER_EMBEDDINGS:
            continue
        said = json.loads(recording.body)
        if "data" not in said or "embedding" not in said["data"][0]:
            continue
        assert CODEC.embeddings is not None
        reply = CODEC.embeddings.reply(recording.body, embedding_request("x"))
        assert tokens(reply.usage) == expected_usage(said.get("usage")), recording.id


@pytest.mark.parametrize(
    "path", [*FILES, *DOCUMENTED], ids=lambda path: path.stem + path.parent.name
)
def test_errors(path: Path) -> None:
    for recording in chosen(path, "chat_completions"):
        if recording.status < 400:
            continue
        failure = CODEC.chat.failure(recording.status, recording.headers, recording.body)
        assert failure.kind in KINDS_OF_STATUS[recording.status], recording.id
        assert failure.message.strip()


@pytest.mark.parametrize(
    "path", [*FILES, *DOCUMENTED], ids=lambda path: path.stem + path.parent.name
)
def test_errors_inside_streams(path: Path) -> None:
    for recording in chosen(path, "chat_completions"):
        said = events(recording) if recording.stream and recording.status == 200 else [{}]
        if said and not any(event.get("error") for event in said):
            continue
        with pytest.raises(ProviderFailure):
            read(recording)


def read(recording: Recording) -> list[NativeFrame]:
    decoder = CODEC.chat.stream_decoder(chat_request(stream=True))
    found = [event for block in recording.blocks for event in decoder.feed(block)]
    found += decoder.end()
    return [event for event in found if isinstance(event, NativeFrame)]
