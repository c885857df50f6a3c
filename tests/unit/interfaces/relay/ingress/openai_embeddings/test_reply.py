"""Vectors, as numbers or packed."""

import base64
import json
import struct

from openai.types import CreateEmbeddingResponse

from turnout.domain.inference.reply import EmbeddingReply, NativeReply
from turnout.domain.inference.usage import TokenUsage
from turnout.interfaces.relay.ingress.openai_embeddings.reply import embeddings_body

REPLY = EmbeddingReply("e", ((0.5, -1.0), (0.25, 2.0)), TokenUsage(7))


def test_a_native_answer_goes_as_it_is() -> None:
    native = NativeReply(b'{"data": []}', None, None)
    assert embeddings_body(native, encoding="float", model="e") is native.body


def test_vectors_as_numbers() -> None:
    body = json.loads(embeddings_body(REPLY, encoding="float", model="e"))
    read = CreateEmbeddingResponse.model_validate(body, strict=True)
    assert [item.embedding for item in read.data] == [[0.5, -1.0], [0.25, 2.0]]
    assert [item.index for item in read.data] == [0, 1]
    assert (read.model, read.usage.prompt_tokens, read.usage.total_tokens) == ("e", 7, 7)


def test_vectors_packed() -> None:
    body = json.loads(embeddings_body(REPLY, encoding="base64", model="e"))
    packed = base64.b64decode(body["data"][1]["embedding"])
    assert struct.unpack("<2f", packed) == (0.25, 2.0)


def test_usage_that_is_unknown_counts_nothing() -> None:
    body = json.loads(embeddings_body(EmbeddingReply("e", (), None), encoding="float", model="e"))
    assert body["usage"] == {"prompt_tokens": 0, "total_tokens": 0}


def test_a_provider_that_names_no_model_gets_the_deployments_name() -> None:
    body = json.loads(
        embeddings_body(EmbeddingReply("", (), None), encoding="float", model="deployed")
    )
    assert body["model"] == "deployed"
