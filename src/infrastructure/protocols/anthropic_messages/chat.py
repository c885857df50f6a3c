"""Anthropic's Messages API as a ChatCodec.

Source: https://docs.claude.com/en/api/messages
"""

import msgspec

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.failure import ProviderFailure
from turnout.domain.inference.reply import NativeReply, Reply
from turnout.domain.inference.request import ChatRequest, WireProtocol
from turnout.infrastructure.protocols.anthropic_messages import failures
from turnout.infrastructure.protocols.anthropic_messages.decode import decode_reply
from turnout.infrastructure.protocols.anthropic_messages.encode import encode_request
from turnout.infrastructure.protocols.anthropic_messages.stream import MessageStream
from turnout.infrastructure.protocols.codec import Options, Paths, StreamDecoder, WireRequest
from turnout.infrastructure.protocols.error_status import unreadable
from turnout.infrastructure.protocols.native import NativeTap, native_reply
from turnout.infrastructure.transport.engine import ReplyHeaders


class _Listed(msgspec.Struct):
    id: str


class _ModelList(msgspec.Struct):
    data: list[_Listed]


_DECODE_MODELS = msgspec.json.Decoder(_ModelList).decode


class AnthropicMessages:
    """A ChatCodec. The base URL ends before `/v1`, as in Anthropic's own clients."""

    protocol = WireProtocol.ANTHROPIC_MESSAGES
    paths = Paths("/v1/messages", "/v1/messages", "/v1/models")

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
        stream = MessageStream()
        return NativeTap(stream) if request.protocol is self.protocol else stream

    def failure(self, status: int, headers: ReplyHeaders, body: bytes) -> ProviderFailure:
        """See ChatCodec."""
        return failures.failure(status, body)

    def model_names(self, body: bytes) -> tuple[str, ...]:
        """See ChatCodec."""
        try:
            return tuple(row.id for row in _DECODE_MODELS(body).data)
        except msgspec.DecodeError as fault:
            raise unreadable(body) from fault
