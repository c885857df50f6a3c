"""Gemini's generateContent, at Google AI and at Vertex AI, as a ChatCodec.

Source: https://ai.google.dev/api/generate-content
"""

import msgspec

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.failure import ProviderFailure
from turnout.domain.inference.reply import NativeReply, Reply
from turnout.domain.inference.request import ChatRequest, WireProtocol
from turnout.infrastructure.protocols.codec import Options, Paths, StreamDecoder, WireRequest
from turnout.infrastructure.protocols.error_status import unreadable
from turnout.infrastructure.protocols.gemini import failures
from turnout.infrastructure.protocols.gemini.decode import decode_reply
from turnout.infrastructure.protocols.gemini.encode import encode_request
from turnout.infrastructure.protocols.gemini.stream import ContentStream
from turnout.infrastructure.protocols.native import NativeTap, native_reply
from turnout.infrastructure.transport.engine import ReplyHeaders


class _Listed(msgspec.Struct):
    name: str


class _ModelList(msgspec.Struct):
    models: list[_Listed] | None = None
    publisherModels: list[_Listed] | None = None


_DECODE_MODELS = msgspec.json.Decoder(_ModelList).decode


class GeminiChat:
    """A ChatCodec. The base URL ends before the version, as in Google's own clients."""

    protocol = WireProtocol.GEMINI
    paths = Paths(
        "/v1beta/models/{model}:generateContent",
        "/v1beta/models/{model}:streamGenerateContent?alt=sse",
        "/v1beta/models?pageSize=1000",
        "/v1beta/models/{model}:batchEmbedContents",
    )

    def request(
        self, request: ChatRequest, deployment: Deployment, options: Options
    ) -> WireRequest:
        """See ChatCodec."""
        if request.protocol is self.protocol:
            return WireRequest(request.body_for(deployment.upstream))
        return encode_request(request.conversation(), deployment, stream=request.stream)

    def reply(self, body: bytes, request: ChatRequest) -> Reply | NativeReply:
        """See ChatCodec."""
        reply = decode_reply(body)
        return native_reply(body, reply) if request.protocol is self.protocol else reply

    def stream_decoder(self, request: ChatRequest) -> StreamDecoder:
        """See ChatCodec."""
        stream = ContentStream()
        return NativeTap(stream) if request.protocol is self.protocol else stream

    def failure(self, status: int, headers: ReplyHeaders, body: bytes) -> ProviderFailure:
        """See ChatCodec."""
        return failures.failure(status, body)

    def model_names(self, body: bytes) -> tuple[str, ...]:
        """See ChatCodec. Names come without the `models/` or `publishers/...` in front."""
        try:
            listing = _DECODE_MODELS(body)
        except msgspec.DecodeError as fault:
            raise unreadable(body) from fault
        rows = listing.models if listing.models is not None else listing.publisherModels
        if rows is None:
            raise unreadable(body)
        return tuple(row.name.rpartition("/")[2] for row in rows)
