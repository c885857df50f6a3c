"""OpenAI's embeddings towards providers, on the native lane.

Source: https://platform.openai.com/docs/api-reference/embeddings
"""

import msgspec

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.reply import NativeReply
from turnout.domain.inference.request import EmbeddingRequest
from turnout.infrastructure.protocols.codec import Options, WireRequest
from turnout.infrastructure.protocols.error_status import malformed, unreadable
from turnout.infrastructure.protocols.openai_chat.failures import refuse_error
from turnout.infrastructure.protocols.openai_chat.usage import read_usage

_NOTHING = msgspec.Raw(b"")


class _Vectors(msgspec.Struct, gc=False):
    model: str | None = None
    data: list[msgspec.Raw] | None = None
    usage: msgspec.Raw = _NOTHING
    error: msgspec.Raw = _NOTHING


_DECODE = msgspec.json.Decoder(_Vectors).decode


class OpenAiEmbeddings:
    """An EmbeddingCodec."""

    def request(
        self, request: EmbeddingRequest, deployment: Deployment, options: Options
    ) -> WireRequest:
        """See EmbeddingCodec."""
        return WireRequest(request.body_for(deployment.upstream))

    def reply(self, body: bytes, request: EmbeddingRequest) -> NativeReply:
        """See EmbeddingCodec."""
        try:
            vectors = _DECODE(body)
        except msgspec.DecodeError as error:
            raise unreadable(body) from error
        if vectors.error or not vectors.data:
            refuse_error(body, body)
        if not vectors.data:
            raise malformed("the provider's answer holds no vectors", body)
        return NativeReply(body, vectors.model, read_usage(vectors.usage))
