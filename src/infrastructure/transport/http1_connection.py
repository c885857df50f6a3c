"""One TCP or TLS connection to a provider: bytes in, bytes out, and whether it still lives."""

import asyncio
import select
from typing import cast

_HELD_BYTES = 256 * 1024
"""With more than this unread the connection stops reading, and the provider has to wait."""

_JOINED_BYTES = 64 * 1024
"""Up to this size one write of joined bytes costs less than two writes."""

_SURELY_OPEN_SECONDS = 0.1
_FRESHLY_LENT_SECONDS = 1.0


class Connection:
    """Receives for one reader at a time; PlainConnection and TlsConnection tell the loop how."""

    __slots__ = (
        "_ended", "_error", "_lent_since", "_loop", "_paused", "_poll", "_received", "_transport",
        "_unused_since", "_unused_until", "_waiter", "lent",
    )  # fmt: skip

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._transport: asyncio.Transport
        self._poll: select.poll
        self._received = b""
        self._waiter: asyncio.Future[None] | None = None
        self._ended = False
        self._error: Exception | None = None
        self._paused = False
        self.lent = True
        """Whether a request is using it; bytes that come while none does end it."""
        self._lent_since = 0.0
        self._unused_since = 0.0
        self._unused_until = 0.0

    def send(self, head: bytes, body: bytes) -> None:
        """Queue a request, given its head up to the body's length.

        What goes wrong shows in `receive`.
        """
        head = b"%b%d\r\n\r\n" % (head, len(body))
        if len(body) <= _JOINED_BYTES:
            self._transport.write(head + body)
        else:
            self._transport.writelines((head, body))

    async def receive(self) -> bytes:
        """Wait for bytes and return all there are; empty at the end.

        Raises OSError when the connection broke rather than ended.
        """
        if not self._received and not self._ended:
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        data, self._received = self._received, b""
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        if not data and self._error is not None:
            raise self._error
        return data

    def rest(self, seconds: float) -> None:
        """Stay unused, for so long at most."""
        self.lent = False
        self._unused_since = now = self._loop.time()
        self._unused_until = now + seconds

    def lend(self) -> bool:
        """Be used by a request from now on; False if an unused connection no longer lives.

        After a while asks the kernel too: the server may have closed it a moment ago, and the loop
        not have been told yet.
        """
        now = self._loop.time()
        if self._ended or now >= self._unused_until or self._transport.is_closing():
            return False
        if now - self._unused_since >= _SURELY_OPEN_SECONDS and self._poll.poll(0):
            return False
        self.lent = True
        self._lent_since = now
        return True

    def is_over(self) -> bool:
        """Whether an unused connection will not be lent again."""
        return self._ended or self._loop.time() >= self._unused_until

    def is_freshly_lent(self) -> bool:
        """Whether a request has used it for so short a time that it was hardly carried out."""
        return self._loop.time() - self._lent_since < _FRESHLY_LENT_SECONDS

    def is_quiet(self) -> bool:
        """Whether all that was sent is out, and nothing unread is in."""
        return not self._received and not self._transport.get_write_buffer_size()

    def close(self) -> None:
        """Close at once; unsent bytes are dropped."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast("asyncio.Transport", transport)
        self._poll = select.poll()
        self._poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        if not self.lent:
            self.close()
            return
        self._received = self._received + data if self._received else data
        self._wake()
        if len(self._received) > _HELD_BYTES and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def eof_received(self) -> None:
        """Called by the loop; the transport then closes itself."""
        self._end()

    def connection_lost(self, error: Exception | None) -> None:
        """Called by the loop."""
        if error is not None and self._error is None:
            self._error = error
        self._end()

    def _end(self) -> None:
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class PlainConnection(Connection, asyncio.Protocol):
    """A connection without TLS: the loop makes bytes of just the length that came."""

    __slots__ = ()


class TlsConnection(Connection, asyncio.BufferedProtocol):
    """A connection with TLS. Without a buffer of ours the loop makes one of 256 KB for each read.

    Connections of one loop may share a buffer: it is read out in the turn in which it is filled.
    """

    __slots__ = ("_buffer",)

    def __init__(self, loop: asyncio.AbstractEventLoop, buffer: bytearray) -> None:
        super().__init__(loop)
        self._buffer = memoryview(buffer)  # asyncio fills slices: those of a bytearray are copies

    def get_buffer(self, sizehint: int) -> memoryview:
        """Called by the loop."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Called by the loop."""
        self.data_received(bytes(self._buffer[:nbytes]))
