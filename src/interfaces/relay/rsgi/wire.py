"""Granian's RSGI objects as far as the data plane uses them.

Source: the RSGI specification 1.5 and granian 2.8. Three things there are easily got wrong:

- A header value that is not printable ASCII makes the server panic: see `exchange.printable`.
- `client_disconnect()` starts nothing until a callback is added, and holds memory until it is
  done or cancelled.
- `send_bytes` never waits: what a slow caller has not read yet piles up in memory.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import Context
from typing import Protocol

from granian.rsgi import ProtocolClosed as ProtocolClosed  # type: ignore[attr-defined]

HeaderList = list[tuple[str, str]]


class Headers(Protocol):
    """A request's headers; names in lower case."""

    def get(self, key: str, /) -> str | None:
        """Return the first value, or None where there is none in plain ASCII."""
        ...


class Scope(Protocol):
    """The head of a request. Every attribute is made anew when it is read."""

    @property
    def method(self) -> str:
        """The method, in upper case."""
        ...

    @property
    def path(self) -> str:
        """The path, percent-decoded."""
        ...

    @property
    def client(self) -> str:
        """Address and port of whoever has opened the connection; IPv6 in brackets."""
        ...

    @property
    def headers(self) -> Headers:
        """A copy of the headers."""
        ...


class Disconnection(Protocol):
    """A future that is done when the caller has left."""

    def add_done_callback(
        self, callback: Callable[["Disconnection"], object], *, context: Context
    ) -> None:
        """Have `callback` called on the loop when the caller leaves, or on `cancel()`."""
        ...

    def cancel(self) -> bool:
        """Stop waiting, and give the memory back."""
        ...

    def cancelled(self) -> bool:
        """Whether `cancel()` came first."""
        ...


class StreamTransport(Protocol):
    """The body of a streamed answer; it ends when the handler does."""

    def send_bytes(self, data: bytes) -> Awaitable[None]:
        """Send. Awaiting it raises ProtocolClosed when the caller has left."""
        ...


class HTTPProtocol(Protocol):
    """The body of a request, and the answer to it."""

    def __call__(self) -> Awaitable[bytes]:
        """Read the whole body. Awaiting it raises ProtocolClosed when the caller has left."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Read the body piece by piece; the end, also an early one, comes as an empty piece."""
        ...

    def client_disconnect(self) -> Disconnection:
        """Return a future that is done when the caller has left."""
        ...

    def response_empty(self, status: int, headers: HeaderList) -> None:
        """Answer without a body."""
        ...

    def response_bytes(self, status: int, headers: HeaderList, body: bytes) -> None:
        """Answer."""
        ...

    def response_stream(self, status: int, headers: HeaderList) -> StreamTransport:
        """Begin an answer that is sent piece by piece."""
        ...
