"""The HTTP server's side of one request, in memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextvars import Context
from dataclasses import dataclass, field

from turnout.interfaces.relay.rsgi.wire import Disconnection, HeaderList, ProtocolClosed


@dataclass
class FakeScope:
    """The head of a request."""

    method: str = "GET"
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    client: str = "127.0.0.1:50000"


class FakeDisconnection:
    """Is done when the test says that the caller left."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[Disconnection], object]] = []
        self._cancelled = False

    def add_done_callback(
        self, callback: Callable[[Disconnection], object], *, context: Context
    ) -> None:
        self._callbacks.append(callback)

    def cancel(self) -> bool:
        self._cancelled = True
        return True

    def cancelled(self) -> bool:
        return self._cancelled

    def finish(self) -> None:
        """Call back, as after a hang-up or a cancellation."""
        for callback in self._callbacks:
            callback(self)


class FakeTransport:
    """Collects what was sent."""

    def __init__(self, closed_after: int | None) -> None:
        self.sent: list[bytes] = []
        self._closed_after = closed_after

    def send_bytes(self, data: bytes) -> Awaitable[None]:
        """Send at once, like the server; what is returned need not be awaited."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._closed_after is not None and len(self.sent) >= self._closed_after:
            done.set_exception(ProtocolClosed("closed"))
            done.exception()  # so that nobody misses it who does not await
        else:
            self.sent.append(data)
            done.set_result(None)
        return done


class FakeProtocol:
    """Gives `pieces` as the body and keeps the answer.

    With `closed`, the caller left in the middle of the body; with `closed_after`, after so many
    pieces of the stream.
    """

    def __init__(
        self, *pieces: bytes, closed: bool = False, closed_after: int | None = None
    ) -> None:
        self.pieces: Iterator[bytes] = iter(pieces)
        self.read: list[bytes] = []
        self.closed = closed
        self.closed_after = closed_after
        self.disconnections: list[FakeDisconnection] = []
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body: bytes | None = None
        self.transport: FakeTransport | None = None

    async def __call__(self) -> bytes:
        if self.closed:
            raise ProtocolClosed("closed")
        self.read.extend(self.pieces)
        return b"".join(self.read)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.read.append(piece)
            yield piece

    def client_disconnect(self) -> FakeDisconnection:
        self.disconnections.append(FakeDisconnection())
        return self.disconnections[-1]

    def response_empty(self, status: int, headers: HeaderList) -> None:
        self.response_bytes(status, headers, b"")

    def response_bytes(self, status: int, headers: HeaderList, body: bytes) -> None:
        assert not self.status, "answered twice"
        self.status, self.headers, self.body = status, dict(headers), body

    def response_stream(self, status: int, headers: HeaderList) -> FakeTransport:
        assert not self.status, "answered twice"
        self.status, self.headers = status, dict(headers)
        self.transport = FakeTransport(self.closed_after)
        return self.transport
