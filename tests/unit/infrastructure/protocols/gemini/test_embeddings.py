from pathlib import Path

import pytest
from tests.support.conversations import at, written
from tests.support.recordings import recordings

from turnout.domain.inference.capability import Requirement
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import EmbeddingReply
from turnout.domain.inference.request import EmbeddingRequest, WireProtocol
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.protocols.gemini.embeddings import GeminiEmbeddings

RECORDED = Path(__file__).parents[4] / "contract" / "recorded" / "gemini_embeddings.jsonl"
CODEC = GeminiEmbeddings()


def request(
    *inputs: str | tuple[int, ...], dimensions: int | None = None, left: tuple[str, ...] = ()
) -> EmbeddingRequest:
    return EmbeddingRequest(
        "route",
        WireProtocol.OPENAI_CHAT,
        Requirement(frozenset()),
        inputs,
        "float",
        dimensions,
        left,
        lambda model: b"",
    )


def test_a_batch() -> None:
    wire = CODEC.request(request("a", "b", dimensions=3, left=("user",)), at("embed-1"), {})
    one = {"model": "models/embed-1", "outputDimensionality": 3}
    assert written(wire) == {
        "requests": [
            {**one, "content": {"parts": [{"text": "a"}]}},
            {**one, "content": {"parts": [{"text": "b"}]}},
        ]
    }
    assert wire.dropped == ("user",)


def test_a_prediction_where_there_is_a_project() -> None:
    wire = CODEC.request(request("a"), at("embed-1"), {"project": "p"})
    assert written(wire) == {"instances": [{"content": "a"}]}
    wire = CODEC.request(request("a", dimensions=3), at("embed-1"), {"project": "p"})
    assert written(wire)["parameters"] == {"outputDimensionality": 3}


def test_token_ids_go_to_the_next_target() -> None:
    with pytest.raises(ProviderFailure) as caught:
        CODEC.request(request((1, 2)), at("embed-1"), {})
    assert caught.value.kind is FailureKind.UNSUPPORTED


@pytest.mark.parametrize(
    ("id", "inputs", "first", "usage"),
    [
        ("gem_48076ca30e2b95", 3, 0.11, None),
        ("gem_a5370d15331eea", 1, 0.44, None),
        ("ver_154a4d9d700c86", 1, None, TokenUsage(input_tokens=10)),
    ],
)
def test_recorded_answers(
    id: str, inputs: int, first: float | None, usage: TokenUsage | None
) -> None:
    recording = next(each for each in recordings(RECORDED) if each.id == id)
    reply = CODEC.reply(recording.body, request(*["x"] * inputs))
    assert (reply.model, len(reply.vectors), reply.usage) == ("", inputs, usage)
    assert first is None or reply.vectors[0][0] == first


def test_counts_that_the_answer_holds() -> None:
    body = b'{"embeddings": [{"values": [1, 2.5]}], "usageMetadata": {"promptTokenCount": 8}}'
    assert CODEC.reply(body, request("a")) == EmbeddingReply("", ((1.0, 2.5),), TokenUsage(8))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FailureKind.MALFORMED),
        (b'{"embeddings": []}', FailureKind.MALFORMED),
        (b'{"embeddings": [{"values": ["x"]}]}', FailureKind.MALFORMED),
        (b'{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}', FailureKind.RATE_LIMITED),
    ],
)
def test_what_is_no_answer(body: bytes, kind: FailureKind) -> None:
    with pytest.raises(ProviderFailure) as caught:
        CODEC.reply(body, request("a"))
    assert caught.value.kind is kind
