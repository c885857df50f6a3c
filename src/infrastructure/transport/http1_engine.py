"""The HTTP/1.1 engine for relayed traffic: asyncio's transports and nothing above them.

No thread stands between the event loop and the socket, so a request costs less than elsewhere, and
giving a request up closes its connection in the same turn of the loop.

A pooled connection that the server has closed is noticed before a request is written to it. If the
server closes in the very moment in which a request is under way (the pooled connection ends within
a second, and without a byte), the request is sent once more on a new connection, as browsers and
curl do too. Ends that come later, or on new connections, are failures: by then the request may well
have been carried out, and repeating it is up to the relay.
"""

from types import TracebackType

from turnout.domain.inference.failure import ProviderFailure
from turnout.infrastructure.transport.engine import (
    EngineOptions,
    HttpReply,
    HttpRequest,
    read_up_to,
    refuse_encoded_body,
    reply_too_long,
)
from turnout.infrastructure.transport.failures import (
    broken_answer,
    broken_connection,
    cannot_ask,
)
from turnout.infrastructure.transport.http1_connection import Connection
from turnout.infrastructure.transport.http1_pool import ConnectionPool
from turnout.infrastructure.transport.http1_wire import (
    HEAD_LIMIT,
    Body,
    NotHttp,
    Question,
    ReplyHead,
    body_of,
    question,
)


class Http1Engine:
    """Implements HttpEngine."""

    def __init__(self, options: EngineOptions) -> None:
        """Raises ValueError for HTTP/2, and OSError for a CA file that cannot be read."""
        if options.http2:
            raise ValueError("this engine speaks HTTP/1.1 only; http2 needs the pyreqwest engine")
        self._reply_limit_bytes = options.reply_limit_bytes
        self._pool = ConnectionPool(options)

    async def send(self, request: HttpRequest) -> HttpReply:
        """Return the whole reply; raises ProviderFailure."""
        async with Http1Stream(self._pool, request) as stream:
            body = await stream.read_whole(self._reply_limit_bytes)
        return HttpReply(stream.headers.status, stream.headers, body)

    def open(self, request: HttpRequest) -> "Http1Stream":
        """Send on entering and give the reply once its head is there; raises ProviderFailure."""
        return Http1Stream(self._pool, request)

    async def close(self) -> None:
        """Close all connections; requests in flight fail."""
        self._pool.close()


class Http1Stream:
    """Implements HttpStream, and is the context that `open` returns."""

    __slots__ = ("_body", "_connection", "_pending", "_pool", "_question", "_request", "headers")

    def __init__(self, pool: ConnectionPool, request: HttpRequest) -> None:
        self._pool = pool
        self._request = request
        self._question: Question
        self._connection: Connection
        self._body: Body
        self._pending = b""
        self.headers: ReplyHead

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.headers.status

    @property
    def host(self) -> str:
        """The provider's host, for messages."""
        return self._question.origin.host

    async def __aenter__(self) -> "Http1Stream":
        request = self._request
        try:
            self._question = question(request.method, request.url, request.headers)
        except NotHttp as error:
            raise cannot_ask(error) from None
        pool, origin = self._pool, self._question.origin
        connection = pool.take(origin)
        if connection is None or not await self._ask(connection, pooled=True):
            await self._ask(await pool.open(origin), pooled=False)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        body, connection = self._body, self._connection
        whole = body.finished and not body.surplus and not body.ends_with_connection
        if whole and self.headers.keeps_alive and connection.is_quiet():
            seconds = self.headers.keep_alive_seconds
            self._pool.keep(self._question.origin, connection, seconds)
        else:
            self._pool.drop(connection)

    async def read_chunk(self) -> bytes | None:
        """Wait for the next bytes of the body; None at its end."""
        while not (ready := self._take_in()):
            if self._body.finished:
                return None
            await self._receive_body()
        return ready

    async def read_whole(self, limit: int) -> bytes:
        """Read the body to its end; raises ProviderFailure if it is longer than `limit`."""
        pieces = [self._take_in()]
        size = len(pieces[0])
        while not self._body.finished:
            await self._receive_body()
            pieces.append(self._take_in())
            size += len(pieces[-1])
            if size > limit:
                break
        if size > limit:
            raise reply_too_long(self.host, limit)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def read_all(self, limit: int) -> bytes:
        """Read the rest of the body, at most `limit` bytes of it."""
        return await read_up_to(self, limit)

    async def _ask(self, connection: Connection, *, pooled: bool) -> bool:
        """Send the request and read the head of its reply; False if the connection was stale."""
        self._connection = connection
        try:
            connection.send(self._question.head, self._request.body)
            try:
                data = await connection.receive()
            except OSError as error:
                if not pooled or not connection.is_freshly_lent():
                    raise broken_connection(self.host, error) from error
                data = b""
            if not data and pooled and connection.is_freshly_lent():
                self._pool.drop(connection)
                return False
            await self._read_head(data)
        except BaseException:
            self._pool.drop(connection)
            raise
        return True

    async def _read_head(self, data: bytes) -> None:
        try:
            while True:
                end = data.find(b"\r\n\r\n")
                if end < 0:
                    data = await self._more_of_head(data)
                    continue
                head = ReplyHead(data[:end])
                data = data[end + 4 :]
                if head.status >= 200:
                    break
            self._body = body_of(self._question.method, head)
        except NotHttp as error:
            raise self._not_http(error) from None
        if head.body_is_encoded:
            refuse_encoded_body(self.host, head)
        self.headers = head
        self._pending = data

    async def _more_of_head(self, data: bytes) -> bytes:
        if not data.startswith(b"HTTP/"[: len(data)]):
            raise NotHttp("an answer that does not begin like HTTP")
        if len(data) > HEAD_LIMIT:
            raise NotHttp(f"an answer whose head is longer than {HEAD_LIMIT} bytes")
        more = await self._receive()
        if not more:
            raise broken_answer(self.host, "closed the connection before answering")
        return data + more

    def _take_in(self) -> bytes:
        """Return what has come of the body."""
        data = self._pending
        if not data:
            return b""
        self._pending = b""
        try:
            return self._body.feed(data)
        except NotHttp as error:
            raise self._not_http(error) from None

    async def _receive_body(self) -> None:
        self._pending = await self._receive()
        if not self._pending:
            self._end_body()

    async def _receive(self) -> bytes:
        try:
            return await self._connection.receive()
        except OSError as error:
            raise broken_connection(self.host, error) from error

    def _end_body(self) -> None:
        if not self._body.ends_with_connection:
            raise broken_answer(self.host, "closed the connection in the middle of the body")
        self._body.finished = True

    def _not_http(self, error: NotHttp) -> ProviderFailure:
        return broken_answer(self.host, f"sent {error}")
