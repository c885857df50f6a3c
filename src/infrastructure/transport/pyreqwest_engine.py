"""The engine on pyreqwest (Rust's reqwest): the one that speaks HTTP/2.

Measured against Http1Engine it costs more per request, since each one crosses into a thread and
back, and it has one gap: a request given up before the head of its reply is there is only
forgotten. Its connection stays open until the provider sends something, and is closed then. It
looks names up by itself: what must not be connected to is refused by name and address alone.
"""

from datetime import timedelta
from pathlib import Path
from types import TracebackType

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import (
    ConnectError,
    ConnectTimeoutError,
    DetailedPyreqwestError,
    PyreqwestError,
)
from pyreqwest.request import StreamRequest
from pyreqwest.response import Response

from turnout.domain.inference.failure import ProviderFailure
from turnout.infrastructure.transport.addresses import AddressRefused, refusal
from turnout.infrastructure.transport.engine import (
    EngineOptions,
    HttpReply,
    HttpRequest,
    read_up_to,
    refuse_encoded_body,
    reply_too_long,
)
from turnout.infrastructure.transport.failures import (
    broken_connection,
    cannot_ask,
    no_connection,
    no_connection_in_time,
)
from turnout.infrastructure.transport.http1_wire import USER_AGENT, NotHttp, question

_ACCEPT = [("accept-encoding", "identity")]


class PyreqwestEngine:
    """Implements HttpEngine."""

    def __init__(self, options: EngineOptions) -> None:
        """Raises ValueError for `public_only`, and OSError for a file that cannot be read."""
        if options.public_only:
            raise ValueError("this engine looks names up by itself: it cannot do with public_only")
        self._options = options
        self._client = _client(options)

    async def send(self, request: HttpRequest) -> HttpReply:
        """Return the whole reply; raises ProviderFailure."""
        limit = self._options.reply_limit_bytes
        async with self.open(request) as stream:
            body = await stream.read_all(limit + 1)
        if len(body) > limit:
            raise reply_too_long(stream.host, limit)
        return HttpReply(stream.status, stream.headers, body)

    def open(self, request: HttpRequest) -> "PyreqwestStream":
        """Send on entering and give the reply once its head is there; raises ProviderFailure."""
        return PyreqwestStream(self._client, self._options, request)

    async def close(self) -> None:
        """Close all connections; requests in flight fail."""
        await self._client.close()


class PyreqwestStream:
    """Implements HttpStream, and is the context that `open` returns."""

    __slots__ = ("_client", "_options", "_request", "_response", "_sent", "headers", "host")

    def __init__(self, client: Client, options: EngineOptions, request: HttpRequest) -> None:
        self._client = client
        self._options = options
        self._request = request
        self._sent: StreamRequest
        self._response: Response
        self.headers: _Headers
        self.host = ""

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._response.status

    async def __aenter__(self) -> "PyreqwestStream":
        request = self._request
        try:
            self.host = question(request.method, request.url, request.headers).origin.host
        except NotHttp as error:
            raise cannot_ask(error) from None
        if reason := refusal(self.host):
            raise no_connection(self.host, AddressRefused(reason))
        try:
            self._sent = (
                self._client.request(request.method, request.url)
                .headers(_ACCEPT)
                .headers(request.headers)
                .body_bytes(request.body)
                .streamed_read_buffer_limit(0)
                .build_streamed()
            )
            self._response = await self._sent.__aenter__()
        except PyreqwestError as error:
            raise self._failure(error) from None
        self.headers = _Headers(self._response)
        try:
            refuse_encoded_body(self.host, self.headers)
        except ProviderFailure:
            await self._sent.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._sent.__aexit__(None, None, None)

    async def read_chunk(self) -> bytes | None:
        """Wait for the next bytes of the body; None at its end."""
        try:
            chunk = await self._response.body_reader.read_chunk()
        except PyreqwestError as error:
            raise self._failure(error) from None
        return None if chunk is None else chunk.to_bytes()

    async def read_all(self, limit: int) -> bytes:
        """Read the rest of the body, at most `limit` bytes of it."""
        return await read_up_to(self, limit)

    def _failure(self, error: PyreqwestError) -> ProviderFailure:
        if isinstance(error, ConnectTimeoutError):
            return no_connection_in_time(self.host, self._options.connect_timeout_seconds)
        causes = _causes(error)
        reason = OSError(0, causes[-1] if causes else error.message)
        if isinstance(error, ConnectError) and any("(Connect)" in cause for cause in causes):
            return no_connection(self.host, reason)
        return broken_connection(self.host, reason)


class _Headers:
    """Implements ReplyHeaders."""

    __slots__ = ("_response",)

    def __init__(self, response: Response) -> None:
        self._response = response

    def get(self, name: str, /) -> str | None:
        try:
            return self._response.get_header(name)
        except ValueError:  # a value that is not ASCII
            return None


def _causes(error: PyreqwestError) -> list[str]:
    """Return the texts of a failure's causes, without the outermost, which quotes the URL."""
    if not isinstance(error, DetailedPyreqwestError):
        return []
    return [cause["message"] for cause in (error.details["causes"] or [])[1:]]


def _client(options: EngineOptions) -> Client:
    builder = (
        ClientBuilder()
        .follow_redirects(False)
        .referer(False)
        .no_proxy()
        .gzip(False)
        .brotli(False)
        .zstd(False)
        .deflate(False)
        .user_agent(USER_AGENT)
        .http2(options.http2)
        .connect_timeout(timedelta(seconds=options.connect_timeout_seconds))
        .pool_max_idle_per_host(options.max_idle_connections_per_host)
        .pool_idle_timeout(timedelta(seconds=options.keepalive_seconds))
        .danger_accept_invalid_certs(not options.verify_tls)
    )
    if options.ca_file is not None:
        builder = builder.add_root_certificate_pem(Path(options.ca_file).read_bytes())
    if options.client_cert_file is not None:
        files = (options.client_cert_file, options.client_key_file or options.client_cert_file)
        builder = builder.identity_pem(b"".join(Path(file).read_bytes() for file in files))
    return builder.build()
