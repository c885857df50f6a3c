"""What a wire protocol must offer so that the generic clients can speak it.

    ChatCodec          chat calls, failures and the model list; every protocol has one
    EmbeddingCodec     embeddings; only where the protocol has them
    StreamDecoder      one streamed answer under way; a new one for every answer

A codec is stateless, pure and synchronous: bytes and canonical objects in, the same out. It knows
nothing of vendors, base URLs, keys or sockets. Where the request's own protocol is the codec's, it
takes the native lane: `request.body_for(deployment.upstream)` out, NativeReply and NativeFrames in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.failure import ProviderFailure
from turnout.domain.inference.reply import EmbeddingReply, NativeReply, Reply, ReplyEvent
from turnout.domain.inference.request import ChatRequest, EmbeddingRequest, WireProtocol
from turnout.infrastructure.transport.engine import ReplyHeaders

Options = Mapping[str, str]
"""A provider's `options`, as the operator wrote them."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Where a protocol's operations are: templates that follow the base URL.

    `{model}` stands for the deployment's upstream name; vendors may put others in their place.
    They are filled in once per deployment, never per request.
    """

    chat: str
    chat_stream: str
    models: str
    embeddings: str | None = None


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A body in the provider's protocol.

    `headers` are those that this one request needs beyond the vendor's own (a beta flag), names in
    lower case. `dropped` names the caller's fields that the protocol cannot carry (`logit_bias`,
    `messages[2].content[0].detail`).
    """

    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()


class StreamDecoder(Protocol):
    """Reads one streamed answer.

    Both methods raise ProviderFailure with the kind of the fault itself. That a failure after the
    commit point is STREAM_BROKEN is the client's rule, not the decoder's.
    """

    def feed(self, block: bytes) -> list[ReplyEvent]:
        """Return what one whole event of the stream says, perhaps nothing.

        `block` is an SSE event as it came, with its closing blank line (LF or CRLF), or a comment.
        A block that is no valid JSON is skipped; one that carries an error raises.
        """
        ...

    def end(self) -> list[ReplyEvent]:
        """Return what is left to say now that the provider's stream is over.

        Raises ProviderFailure TRANSPORT when it was over before the answer was.
        """
        ...


class ChatCodec(Protocol):
    """One protocol's chat operation, and what all its operations share."""

    @property
    def protocol(self) -> WireProtocol:
        """The protocol's name."""
        ...

    @property
    def paths(self) -> Paths:
        """The protocol's own paths, for vendors that keep to them."""
        ...

    def request(
        self, request: ChatRequest, deployment: Deployment, options: Options
    ) -> WireRequest:
        """Write `request`, for a stream if `request.stream`.

        Raises InvalidRequest, ProviderFailure. The failure UNSUPPORTED is for what no target of
        this protocol could serve, and another protocol perhaps could.
        """
        ...

    def reply(self, body: bytes, request: ChatRequest) -> Reply | NativeReply:
        """Read the body of a 2xx. Raises ProviderFailure: MALFORMED, or that of an error inside."""
        ...

    def stream_decoder(self, request: ChatRequest) -> StreamDecoder:
        """Return a new decoder for the answer to `request`."""
        ...

    def failure(self, status: int, headers: ReplyHeaders, body: bytes) -> ProviderFailure:
        """Classify an error answer. `body` may be anything, HTML or nothing; it never raises.

        Header names are asked for in lower case. The client fills `retry_after_seconds` from the
        headers when it is None here; the codec sets it only where the body tells it.
        """
        ...

    def model_names(self, body: bytes) -> tuple[str, ...]:
        """Read the body of the model list. Raises ProviderFailure MALFORMED."""
        ...


class EmbeddingCodec(Protocol):
    """One protocol's embeddings. Its error answers are read by the protocol's ChatCodec."""

    def request(
        self, request: EmbeddingRequest, deployment: Deployment, options: Options
    ) -> WireRequest:
        """Write `request`. Raises InvalidRequest, ProviderFailure UNSUPPORTED."""
        ...

    def reply(self, body: bytes, request: EmbeddingRequest) -> EmbeddingReply | NativeReply:
        """Read the body of a 2xx. Raises ProviderFailure: MALFORMED, or that of an error inside."""
        ...


@dataclass(frozen=True, slots=True)
class Codec:
    """All that a protocol's folder exports, as `CODEC`."""

    chat: ChatCodec
    embeddings: EmbeddingCodec | None = None
