"""Embeddings in Gemini's protocol: batchEmbedContents, and Vertex AI's predict.

Source: Gemini API, "Embeddings"; Vertex AI, "Text embeddings API".
"""

import msgspec

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import EmbeddingReply
from turnout.domain.inference.request import EmbeddingRequest
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.protocols.codec import Options, WireRequest
from turnout.infrastructure.protocols.error_status import malformed, unreadable
from turnout.infrastructure.protocols.gemini.failures import refuse_error
from turnout.infrastructure.protocols.gemini.usage import read_usage


class _Statistics(msgspec.Struct):
    token_count: int = 0


class _Vector(msgspec.Struct):
    values: tuple[float, ...]
    statistics: _Statistics | None = None


class _Prediction(msgspec.Struct):
    embeddings: _Vector


class _Embedded(msgspec.Struct):
    embeddings: list[_Vector] | None = None
    embedding: _Vector | None = None
    predictions: list[_Prediction] | None = None
    usageMetadata: msgspec.Raw = msgspec.Raw(b"")

    def vectors(self) -> list[_Vector]:
        """The vectors, whichever of the three operations gave them."""
        if self.predictions is not None:
            return [each.embeddings for each in self.predictions]
        if self.embedding is not None:
            return [self.embedding]
        return self.embeddings or []


_DECODE = msgspec.json.Decoder(_Embedded).decode


class GeminiEmbeddings:
    """An EmbeddingCodec: batchEmbedContents, or predict where the options name a `project`."""

    def request(
        self, request: EmbeddingRequest, deployment: Deployment, options: Options
    ) -> WireRequest:
        """See EmbeddingCodec. Inputs of token ids are UNSUPPORTED."""
        texts = _texts(request)
        if options.get("project"):
            body = _predict(texts, request.dimensions)
        else:
            body = _batch(texts, request.dimensions, deployment.upstream)
        return WireRequest(msgspec.json.encode(body), dropped=request.leftovers)

    def reply(self, body: bytes, request: EmbeddingRequest) -> EmbeddingReply:
        """See EmbeddingCodec. The answer does not name its model, so `model` is empty."""
        return _reply(body, len(request.inputs))


def _batch(texts: list[str], dimensions: int | None, upstream: str) -> dict[str, object]:
    model = f"models/{upstream.removeprefix('models/')}"
    size = {} if dimensions is None else {"outputDimensionality": dimensions}
    requests = [{"model": model, "content": {"parts": [{"text": text}]}, **size} for text in texts]
    return {"requests": requests}


def _predict(texts: list[str], dimensions: int | None) -> dict[str, object]:
    body: dict[str, object] = {"instances": [{"content": text} for text in texts]}
    if dimensions is not None:
        body["parameters"] = {"outputDimensionality": dimensions}
    return body


def _texts(request: EmbeddingRequest) -> list[str]:
    texts = [each for each in request.inputs if isinstance(each, str)]
    if len(texts) < len(request.inputs):
        raise ProviderFailure(
            FailureKind.UNSUPPORTED, "input: Gemini embeds text, not lists of token ids"
        )
    return texts


def _reply(body: bytes, expected: int) -> EmbeddingReply:
    refuse_error(body)
    try:
        embedded = _DECODE(body)
    except (msgspec.DecodeError, RecursionError) as fault:
        raise unreadable(body) from fault
    vectors = embedded.vectors()
    if len(vectors) != expected:
        raise malformed(f"the provider gave {len(vectors)} vectors for {expected} inputs", body)
    usage = read_usage(embedded.usageMetadata)
    if usage is None and all(each.statistics for each in vectors):
        counted = sum(each.statistics.token_count for each in vectors if each.statistics)
        usage = TokenUsage(input_tokens=counted)
    return EmbeddingReply("", tuple(each.values for each in vectors), usage)
