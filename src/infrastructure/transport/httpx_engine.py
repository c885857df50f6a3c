"""The engine on httpx: for everything that is not hot, and for relayed traffic on demand.

httpx allows the time to connect once for TCP and once more for TLS.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpcore
import httpx

from turnout.infrastructure.transport.addresses import addresses_of
from turnout.infrastructure.transport.engine import (
    EngineOptions,
    HttpReply,
    HttpRequest,
    HttpStream,
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
from turnout.infrastructure.transport.tls import client_context


class HttpxEngine:
    """Implements HttpEngine."""

    def __init__(self, options: EngineOptions) -> None:
        """Raises ValueError for HTTP/2, and OSError for a CA file that cannot be read."""
        if options.http2:
            raise ValueError("this engine speaks HTTP/1.1 only; http2 needs the pyreqwest engine")
        self._options = options
        self._client = httpx.AsyncClient(
            transport=_GuardedTransport(options),
            trust_env=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            follow_redirects=False,
            timeout=httpx.Timeout(None, connect=options.connect_timeout_seconds),
        )
        self._client.headers = httpx.Headers(
            {"accept-encoding": "identity", "user-agent": USER_AGENT}
        )

    async def send(self, request: HttpRequest) -> HttpReply:
        """Return the whole reply; raises ProviderFailure."""
        limit = self._options.reply_limit_bytes
        async with self.open(request) as stream:
            body = await stream.read_all(limit + 1)
        if len(body) > limit:
            raise reply_too_long(httpx.URL(request.url).host, limit)
        return HttpReply(stream.status, stream.headers, body)

    @asynccontextmanager
    async def open(self, request: HttpRequest) -> AsyncIterator[HttpStream]:
        """Send on entering and give the reply once its head is there; raises ProviderFailure."""
        try:
            host = question(request.method, request.url, request.headers).origin.host
        except NotHttp as error:
            raise cannot_ask(error) from None
        headers = [(name.encode(), value.encode()) for name, value in request.headers]
        built = self._client.build_request(
            request.method, request.url, headers=headers, content=request.body
        )
        with self._failures(host):
            response = await self._client.send(built, stream=True)
        try:
            refuse_encoded_body(host, response.headers)
            yield _HttpxStream(self, host, response)
        finally:
            await response.aclose()

    async def close(self) -> None:
        """Close all connections; requests in flight fail."""
        await self._client.aclose()

    @contextmanager
    def _failures(self, host: str) -> Iterator[None]:
        try:
            yield
        except httpx.ConnectTimeout:
            raise no_connection_in_time(host, self._options.connect_timeout_seconds) from None
        except httpx.ConnectError as error:
            raise no_connection(host, _origin_of(error)) from None
        except httpx.HTTPError as error:
            raise broken_connection(host, _origin_of(error)) from None
        except RuntimeError as error:  # what httpx says of a client that was closed
            raise cannot_ask(error) from None


class _GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport, over a pool that looks where a name leads before it connects."""

    def __init__(self, options: EngineOptions) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=client_context(options),
            max_connections=None,
            max_keepalive_connections=options.max_idle_connections_per_host,
            keepalive_expiry=options.keepalive_seconds,
            network_backend=_GuardedBackend(options.public_only),
        )


class _GuardedBackend(httpcore.AnyIOBackend):
    """Connects to addresses that may be connected to, and that the name has right now."""

    def __init__(self, public_only: bool) -> None:
        self._public_only = public_only

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = await addresses_of(host, port, public_only=self._public_only)
                return await self._first(addresses, port, local_address, socket_options)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error
        except OSError as error:
            raise httpcore.ConnectError from error

    async def _first(
        self,
        addresses: Sequence[str],
        port: int,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        connect, failure = super().connect_tcp, httpcore.ConnectError("its name leads nowhere")
        for address in addresses:
            try:
                return await connect(address, port, None, local_address, socket_options)
            except httpcore.ConnectError as error:
                failure = error
        raise failure


class _HttpxStream:
    """Implements HttpStream."""

    def __init__(self, engine: HttpxEngine, host: str, response: httpx.Response) -> None:
        self._engine = engine
        self._host = host
        self._response = response
        self._chunks = response.aiter_raw()

    @property
    def status(self) -> int:
        return self._response.status_code

    @property
    def headers(self) -> httpx.Headers:
        return self._response.headers

    async def read_chunk(self) -> bytes | None:
        with self._engine._failures(self._host):
            return await anext(self._chunks, None)

    async def read_all(self, limit: int) -> bytes:
        return await read_up_to(self, limit)


def _origin_of(error: httpx.HTTPError) -> OSError:
    """Find the system's error at the bottom of the chain; httpx's own text may quote a header."""
    found: OSError | None = None
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, OSError):
            found = link
        link = link.__cause__ or link.__context__
    return found or OSError(0, "it does not speak HTTP as it should, or closed before the end")
