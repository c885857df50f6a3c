"""Gemini's embeddings: https://ai.google.dev/api/embeddings."""

from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.json import encode

from turnout.interfaces.simulator.billing import Tokens
from turnout.interfaces.simulator.dialect import Call, Job
from turnout.interfaces.simulator.gemini.request import Content, content_tokens, read_body
from turnout.interfaces.simulator.vectors import vector_of

_DIMENSIONS = 3072

Dimensions = Annotated[int, Meta(ge=1, le=_DIMENSIONS)]


class EmbedRequest(Struct, rename="camel"):
    """One text to be turned into a vector."""

    content: Content
    output_dimensionality: Dimensions | None = None


class BatchEmbedRequest(Struct):
    """Several texts at once."""

    requests: Annotated[list[EmbedRequest], Meta(min_length=1)]


def embed_content(call: Call) -> Job:
    """One vector; raises Refused."""
    request = read_body(call.request.body, EmbedRequest)
    return _job(call, {"embedding": _embedding(request)}, [request])


def batch_embed_contents(call: Call) -> Job:
    """One vector per request in the batch; raises Refused."""
    requests = read_body(call.request.body, BatchEmbedRequest).requests
    return _job(call, {"embeddings": [_embedding(request) for request in requests]}, requests)


def _embedding(request: EmbedRequest) -> dict[str, Any]:
    return {
        "values": vector_of(request.content.text(), request.output_dimensionality or _DIMENSIONS)
    }


def _job(call: Call, body: dict[str, Any], requests: list[EmbedRequest]) -> Job:
    call.require_model(call.model)
    tokens = sum(content_tokens(request.content) for request in requests)
    usage = {
        "promptTokenCount": tokens,
        "promptTokenDetails": [{"modality": "TEXT", "tokenCount": tokens}],
    }
    return Job(
        model=call.model,
        body=encode({**body, "usageMetadata": usage}),
        content_type="application/json; charset=UTF-8",
        tokens=Tokens(prompt=tokens),
    )
