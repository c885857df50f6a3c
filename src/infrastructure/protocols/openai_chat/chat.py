"""OpenAI's chat completions towards providers, on the native lane: bodies go through untouched.

Source: https://platform.openai.com/docs/api-reference/chat
"""

import msgspec

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.failure import ProviderFailure
from turnout.domain.inference.reply import NativeReply
from turnout.domain.inference.request import ChatRequest, WireProtocol
from turnout.infrastructure.protocols.codec import Options, Paths, StreamDecoder, WireRequest
from turnout.infrastructure.protocols.error_status import malformed, unreadable
from turnout.infrastructure.protocols.openai_chat import failures
from turnout.infrastructure.protocols.openai_chat.failures import refuse_broken, refuse_error
from turnout.infrastructure.protocols.openai_chat.frames import StreamTap
from turnout.infrastructure.protocols.openai_chat.usage import read_usage
from turnout.infrastructure.transport.engine import ReplyHeaders

_NOTHING = msgspec.Raw(b"")


class _Choice(msgspec.Struct, gc=False):
    finish_reason: str | None = None
    error: msgspec.Raw = _NOTHING


class _Whole(msgspec.Struct, gc=False):
    model: str | None = None
    choices: list[_Choice] | None = None
    usage: msgspec.Raw = _NOTHING
    error: msgspec.Raw = _NOTHING


class _Listed(msgspec.Struct, gc=False):
    id: str | None = None
    name: str | None = None


class _ModelList(msgspec.Struct, gc=False):
    data: list[_Listed] | None = None
    models: list[_Listed] | None = None


_DECODE = msgspec.json.Decoder(_Whole).decode
_DECODE_MODELS = msgspec.json.Decoder(_ModelList | list[_Listed]).decode


class OpenAiChat:
    """A ChatCodec. Callers speak this protocol too, so there is nothing to translate."""

    protocol = WireProtocol.OPENAI_CHAT
    paths = Paths("/chat/completions", "/chat/completions", "/models", "/embeddings")

    def request(
        self, request: ChatRequest, deployment: Deployment, options: Options
    ) -> WireRequest:
        """See ChatCodec."""
        return WireRequest(request.body_for(deployment.upstream))

    def reply(self, body: bytes, request: ChatRequest) -> NativeReply:
        """See ChatCodec."""
        try:
            whole = _DECODE(body)
        except msgspec.DecodeError as error:
            raise unreadable(body) from error
        if whole.error or not whole.choices:
            refuse_error(body, body)
        if not whole.choices:
            raise malformed("the provider's answer holds no choices", body)
        for choice in whole.choices:
            refuse_broken(choice.finish_reason, choice.error, body)
        return NativeReply(body, whole.model, read_usage(whole.usage))

    def stream_decoder(self, request: ChatRequest) -> StreamDecoder:
        """See ChatCodec."""
        return StreamTap()

    def failure(self, status: int, headers: ReplyHeaders, body: bytes) -> ProviderFailure:
        """See ChatCodec."""
        return failures.failure(status, body)

    def model_names(self, body: bytes) -> tuple[str, ...]:
        """See ChatCodec. A bare list and `{"models": [...]}` are read too."""
        try:
            listing = _DECODE_MODELS(body)
        except msgspec.DecodeError as error:
            raise unreadable(body) from error
        if isinstance(listing, _ModelList):
            rows = listing.data if listing.data is not None else listing.models
            if rows is None:
                refuse_error(body, body)
                raise malformed("the provider's model list holds no models", body)
            listing = rows
        return tuple(row.id or row.name or "" for row in listing)
