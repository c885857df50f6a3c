"""VendorChat: a ChatClient for any vendor, made of its codec, its bends and an HTTP engine."""

from dataclasses import dataclass
from functools import partial
from time import perf_counter
from types import TracebackType

from turnout.application.ports.provider_client import Answered, Streaming
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeReply, Reply
from turnout.domain.inference.request import ChatRequest
from turnout.infrastructure.clients.access import Access, Headers, traced
from turnout.infrastructure.clients.events import StreamedEvents
from turnout.infrastructure.transport.engine import HttpRequest, HttpStream
from turnout.infrastructure.transport.rate_limits import read_headroom

_ERROR_BODY_BYTES = 64 * 1024
_WHOLE_BODY_BYTES = 1024 * 1024
"""What is read of a body that came in place of a stream."""
_NO_STREAM = ("application/json", "text/html")
_EVENT_STARTS = (b"data:", b"event:", b":")
_LONGEST_START = 6


@dataclass(frozen=True, slots=True)
class VendorChat:
    """A ChatClient."""

    access: Access

    async def complete(self, request: ChatRequest, deployment: Deployment) -> Answered:
        """See ChatClient."""
        access = self.access
        call, dropped = _call(access, request, deployment)
        started = perf_counter()
        reply = await access.engine.send(call)
        waited = perf_counter() - started
        if not 200 <= reply.status < 300:
            raise access.failure(reply.status, reply.headers, reply.body)
        codec, bend = access.codec.chat, access.bends.reply

        def decode() -> Reply | NativeReply:
            return codec.reply(reply.body if bend is None else bend(reply.body), request)

        headroom = partial(read_headroom, reply.headers)
        return Answered(access.decoded(decode), dropped, waited, headroom)

    def stream(self, request: ChatRequest, deployment: Deployment) -> "OpenedStream":
        """See ChatClient."""
        return OpenedStream(self.access, request, deployment)


class OpenedStream:
    """The context of one streamed answer."""

    __slots__ = ("_access", "_context", "_deployment", "_request")

    def __init__(self, access: Access, request: ChatRequest, deployment: Deployment) -> None:
        self._access = access
        self._request = request
        self._deployment = deployment

    async def __aenter__(self) -> Streaming:
        """Send the request and wait for the head of the answer."""
        access = self._access
        call, dropped = _call(access, self._request, self._deployment)
        self._context = access.engine.open(call)
        started = perf_counter()
        stream = await self._context.__aenter__()
        waited = perf_counter() - started
        try:
            begun = await self._refuse(stream)
        except BaseException as error:
            await self._context.__aexit__(type(error), error, error.__traceback__)
            raise
        decoder = access.codec.chat.stream_decoder(self._request)
        events = StreamedEvents(stream, decoder, access, begun)
        return Streaming(events, dropped, waited, partial(read_headroom, stream.headers))

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the connection go."""
        await self._context.__aexit__(kind, error, trace)

    async def _refuse(self, stream: HttpStream) -> bytes:
        """Raise ProviderFailure for an error answer, and for a whole body in place of a stream.

        Some servers call their events JSON: what was read to find that out is returned.
        """
        access = self._access
        if not 200 <= stream.status < 300:
            body = await stream.read_all(_ERROR_BODY_BYTES)
            raise access.failure(stream.status, stream.headers, body)
        content_type = stream.headers.get("content-type") or ""
        if not content_type.lower().startswith(_NO_STREAM):
            return b""
        begun = await _first_bytes(stream)
        if begun.startswith(_EVENT_STARTS):
            return begun
        body = begun + await stream.read_all(_WHOLE_BODY_BYTES)
        access.decoded(lambda: access.codec.chat.reply(body, self._request))
        words = f"the provider answered a call for a stream with {content_type}"
        raise ProviderFailure(FailureKind.MALFORMED, words)


async def _first_bytes(stream: HttpStream) -> bytes:
    """Read as much as it takes to tell events from something else."""
    begun = b""
    while len(begun) < _LONGEST_START and (chunk := await stream.read_chunk()) is not None:
        begun += chunk
    return begun


def _call(
    access: Access, request: ChatRequest, deployment: Deployment
) -> tuple[HttpRequest, tuple[str, ...]]:
    wire = access.codec.chat.request(request, deployment, access.options)
    body, dropped = wire.body, wire.dropped
    if access.bends.request is not None:
        bent = access.bends.request(body)
        body, dropped = bent.body, dropped + bent.dropped
    headers: Headers
    if request.stream:
        url, headers = access.stream_urls[deployment.upstream], access.stream_headers
    else:
        url, headers = access.chat_urls[deployment.upstream], access.whole_headers
    if wire.headers:
        headers = (*headers, *wire.headers)
    return HttpRequest("POST", url, traced(headers), body), dropped
