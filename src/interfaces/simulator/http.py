"""HTTP/1.1 connections on asyncio transports; what is written is ours, to the byte.

Writing is kept apart from h11 on purpose: a simulator must also be able to break what it writes.
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Coroutine, Iterable
from http import HTTPStatus
from typing import cast

import h11

from turnout.interfaces.simulator.http_request import Request, RequestReader, read_at_once

Handler = Callable[[Request, "ResponseWriter"], Coroutine[None, None, None] | None]
Refused = Callable[[], None]

_REASONS = {status.value: status.phrase for status in HTTPStatus} | {529: "Overloaded"}
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_TLS_HANDSHAKE = b"\x16\x03"
_TLS_REFUSAL = b"\x15\x03\x03\x00\x02\x02\x28"
"""A fatal alert: handshake_failure."""
_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class ResponseWriter:
    """Writes one response to a transport, properly or in ways that no server should."""

    def __init__(self, connection: "HttpConnection", *, chunked: bool, keep_alive: bool) -> None:
        self._connection = connection
        self._transport = connection.transport
        self._chunked = chunked
        self.keep_alive = keep_alive
        self.finished = False

    def whole(
        self,
        status: int,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        *,
        keep_back: int = 0,
    ) -> None:
        """A response with its length; the last `keep_back` bytes are announced but not sent."""
        head = self._head(status, headers, f"content-length: {len(body)}")
        self._transport.write(head + body[: len(body) - keep_back])
        self.finished = True

    def announce(self, status: int, headers: Iterable[tuple[str, str]], length: int) -> None:
        """The head of a response whose body of so many bytes follows by `pieces`."""
        self._chunked = False
        self._transport.write(self._head(status, headers, f"content-length: {length}"))

    def begin(self, status: int, headers: Iterable[tuple[str, str]]) -> None:
        """The head of a response in chunks, or until the end of the connection for HTTP/1.0."""
        framing = ("transfer-encoding: chunked",) if self._chunked else ()
        self._transport.write(self._head(status, headers, *framing))

    def pieces(self, pieces: Iterable[bytes]) -> None:
        """Some more of the body, each piece a chunk of its own, in one write."""
        if self._chunked:
            pieces = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces]
        self._transport.write(b"".join(pieces))

    def end(self) -> None:
        """The proper end of a response in chunks."""
        if self._chunked:
            self._transport.write(b"0\r\n\r\n")
        self.finished = True

    def cut(self) -> None:
        """Send what is written, then close, finished or not."""
        self.keep_alive = False
        self.finished = True
        self._transport.close()

    def reset(self) -> None:
        """Make the kernel answer with RST; what was not sent is lost."""
        self.finished = True
        connection = self._transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()

    async def drained(self) -> None:
        """Wait while the caller reads too slowly."""
        await self._connection.may_write.wait()

    def _head(self, status: int, headers: Iterable[tuple[str, str]], *more: str) -> bytes:
        lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Unknown')}"]
        lines += [f"{name}: {value}" for name, value in headers]
        lines += more
        if not self.keep_alive:
            lines.append("connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


class HttpConnection(asyncio.Protocol):
    """One connection from a caller: reads requests one after another and has each handled.

    A caller that begins with a TLS handshake is refused as TLS would have it, and `refused` told.
    """

    transport: asyncio.Transport

    def __init__(
        self, handler: Handler, connections: set["HttpConnection"], refused: Refused
    ) -> None:
        self.closed = asyncio.Event()
        self.may_write = asyncio.Event()
        self.may_write.set()
        self._handler = handler
        self._connections = connections
        self._refused = refused
        self._reader: RequestReader | None = None
        self._task: asyncio.Task[None] | None = None
        self._early = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)
        self.closed.set()
        self.may_write.set()
        if self._task is not None:
            self._task.cancel()  # the handler learns of the hang-up here

    def pause_writing(self) -> None:
        self.may_write.clear()

    def resume_writing(self) -> None:
        self.may_write.set()

    def data_received(self, data: bytes) -> None:
        if self._task is not None:
            self._early += data  # the next request waits for its turn
            return
        if data.startswith(_TLS_HANDSHAKE):
            self._refused()
            self.transport.write(_TLS_REFUSAL)
            self.transport.close()
            return
        try:
            self._take(data)
        except h11.RemoteProtocolError:
            self.transport.write(_BAD_REQUEST)
            self.transport.close()

    def _take(self, data: bytes) -> None:
        """Handle every request that has fully arrived, until one takes its time."""
        while data and not self.transport.is_closing():
            request, data = self._read(data)
            if request is not None:
                self._handle(request)
            if self._task is not None:
                self._early += data
                return

    def _read(self, data: bytes) -> tuple[Request | None, bytes]:
        """The next request, if it is all here, and what comes after it."""
        if self._reader is None:
            request = read_at_once(data)
            if request is not None:
                return request, b""
            self._reader = RequestReader()
        reader = self._reader
        request = reader.feed(data)
        if request is None:
            if reader.awaited:
                self.transport.write(reader.go_on())
            return None, b""
        self._reader = None
        return request, reader.rest

    def _handle(self, request: Request) -> None:
        chunked = request.version == b"1.1"
        writer = ResponseWriter(self, chunked=chunked, keep_alive=request.keeps_alive)
        pending = self._handler(request, writer)
        if pending is None:
            self._turn_page(writer)
        else:
            self._task = asyncio.get_running_loop().create_task(self._finish(pending, writer))

    async def _finish(self, pending: Coroutine[None, None, None], writer: ResponseWriter) -> None:
        try:
            await pending
        except Exception as error:
            context = {"message": "a simulator's handler failed", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)
            writer.cut()
        self._task = None
        self._turn_page(writer)
        early, self._early = bytes(self._early), bytearray()
        self.data_received(early)

    def _turn_page(self, writer: ResponseWriter) -> None:
        if not (writer.keep_alive and writer.finished):
            self.transport.close()
