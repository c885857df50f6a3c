"""The port between clients and HTTP engines: send a request, read a reply whole or as it comes.

What every engine keeps to, and tests/contract/test_http_engines.py checks:

- One request, one try. No retries, no redirects, no cookies, no proxies from the environment.
- What must not be connected to (see `addresses`) is not, whatever a name leads to by now.
- The only time limit is the one on connecting. All others are the caller's: cancelling the task
  gives the request up.
- Leaving `open` early, and cancelling, close the connection; a connection goes back to the pool
  only when its reply was read to the end.
- Bodies travel as they are. Every request says `accept-encoding: identity`, since a compressed
  stream holds events back; a reply that is encoded all the same is MALFORMED.
- An engine's own exceptions end in the engine: what comes out is ProviderFailure, TIMEOUT when
  connecting took too long and TRANSPORT otherwise, also when a body breaks off. Its text names the
  host and the reason, never a path, a query, a header's value or a body: keys travel in all four.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from turnout.domain.inference.failure import FailureKind, ProviderFailure


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What an engine is built with; it holds for all its requests."""

    connect_timeout_seconds: float = 5.0
    """Name lookup, TCP and TLS together."""
    max_idle_connections_per_host: int = 100
    keepalive_seconds: float = 30.0
    """How long an unused connection is kept. Servers close theirs too: the longer this is, the more
    often a request meets a connection that is closing, and fails."""
    reply_limit_bytes: int = 64 * 1024 * 1024
    """Whole replies longer than this are MALFORMED. Streams have no limit."""
    verify_tls: bool = True
    ca_file: str | None = None
    """PEM file of the authorities to trust instead of the system's (PyreqwestEngine: besides)."""
    client_cert_file: str | None = None
    client_key_file: str | None = None
    """PEM files to show to servers that ask for a client certificate."""
    public_only: bool = False
    """Connect to addresses of the public internet alone (PyreqwestEngine cannot)."""
    http2: bool = False
    """Offer HTTP/2 over TLS; PyreqwestEngine alone can."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request. `host`, `content-length` and their like are the engine's own to add.

    Values of headers go out as UTF-8 and hold no line break. Handing the same tuple over for every
    request of a provider is the fast way.
    """

    method: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)


class ReplyHeaders(Protocol):
    """The headers of a reply."""

    def get(self, name: str, /) -> str | None:
        """Return the first value of a header, whatever its case; None if absent or unreadable."""
        ...


@dataclass(frozen=True, slots=True)
class HttpReply:
    """A reply read to the end."""

    status: int
    headers: ReplyHeaders = field(repr=False)
    body: bytes = field(repr=False)


class HttpStream(Protocol):
    """A reply whose body is still coming."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> ReplyHeaders:
        """The reply's headers."""
        ...

    async def read_chunk(self) -> bytes | None:
        """Wait for the next bytes of the body, None at its end; raises ProviderFailure.

        Chunks are never empty, and are what has arrived: their edges mean nothing.
        """
        ...

    async def read_all(self, limit: int) -> bytes:
        """Read the rest of the body, at most `limit` bytes of it; raises ProviderFailure."""
        ...


class HttpEngine(Protocol):
    """Sends requests over pooled connections, within one event loop."""

    async def send(self, request: HttpRequest) -> HttpReply:
        """Return the whole reply, whatever its status; raises ProviderFailure."""
        ...

    def open(self, request: HttpRequest) -> AbstractAsyncContextManager[HttpStream]:
        """Send on entering and give the reply once its head is there; raises ProviderFailure."""
        ...

    async def close(self) -> None:
        """Close all connections; requests in flight fail."""
        ...


def reply_too_long(host: str, limit: int) -> ProviderFailure:
    """The failure of a whole reply that is longer than the engine reads."""
    return ProviderFailure(FailureKind.MALFORMED, f"{host} sent a reply of more than {limit} bytes")


def refuse_encoded_body(host: str, headers: ReplyHeaders) -> None:
    """Raise ProviderFailure if the body is compressed, which no request asked for."""
    encoding = headers.get("content-encoding")
    if encoding and encoding.lower() != "identity":
        raise ProviderFailure(
            FailureKind.MALFORMED,
            f"{host} sent a body encoded as {encoding[:32]!r}, though identity was asked for",
        )


async def read_up_to(stream: HttpStream, limit: int) -> bytes:
    """Read a stream's rest, at most `limit` bytes of it."""
    pieces: list[bytes] = []
    size = 0
    while size < limit and (chunk := await stream.read_chunk()) is not None:
        pieces.append(chunk)
        size += len(chunk)
    return b"".join(pieces)[:limit]
