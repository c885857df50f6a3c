"""A TCP server on loopback whose every connection is played by a script, down to the last byte."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class RawConnection:
    """The server's side of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    requests: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def read_request(self) -> tuple[bytes, bytes]:
        """Read one request with a `content-length`; returns its head and its body."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        size = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                size = int(line.partition(b":")[2])
        body = await self.reader.readexactly(size)
        self.requests.append((head, body))
        return head, body

    async def send(self, data: bytes) -> None:
        """Write bytes, and see them off."""
        self.writer.write(data)
        await self.writer.drain()

    async def peer_closed(self) -> None:
        """Wait until the client has closed its side, politely or not."""
        try:
            while await self.reader.read(65536):
                pass
        except ConnectionError:
            pass

    def reset(self) -> None:
        """Break the connection with a TCP reset."""
        linger = struct.pack("ii", 1, 0)
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()


Script = Callable[[RawConnection], Awaitable[None]]


@dataclass
class RawServer:
    """Where it listens, and every connection that was made to it."""

    port: int
    tls: bool
    connections: list[RawConnection] = field(default_factory=list)

    def url(self, path: str = "/v1/chat") -> str:
        """A URL on this server."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}{path}"

    @property
    def requests(self) -> list[tuple[bytes, bytes]]:
        """Heads and bodies of all requests read, in the order of their connections."""
        return [request for connection in self.connections for request in connection.requests]


@asynccontextmanager
async def raw_server(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[RawServer]:
    """Run a server whose connections each play `script` and are closed when it returns.

    A script ends early, without complaint, when the client goes away.
    """
    tasks: set[asyncio.Task[None]] = set()

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = RawConnection(reader, writer)
        server.connections.append(connection)
        try:
            await script(connection)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(play(reader, writer))
        tasks.add(task)

    listener = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    server = RawServer(listener.sockets[0].getsockname()[1], tls is not None)
    try:
        yield server
    finally:
        listener.close()
        for _ in range(3):  # connections that were accepted just now have yet to reach `accept`
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        for connection in server.connections:
            connection.writer.transport.abort()  # a close under TLS waits for the client's own
        closings = [connection.writer.wait_closed() for connection in server.connections]
        await asyncio.gather(*closings, return_exceptions=True)
    failures = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    if failures:
        raise ExceptionGroup("the server's script failed", failures)


def reply(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """A reply with its length."""
    lines = (b"HTTP/1.1 " + status, *headers, b"content-length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
)
LAST_CHUNK = b"0\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """A chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


@asynccontextmanager
async def full_backlog() -> AsyncIterator[int]:
    """A port on loopback where connecting hangs: its queue is full and nobody accepts."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        loop = asyncio.get_running_loop()
        queued = [socket.socket() for _ in range(8)]
        attempts = []
        for client in queued:
            client.setblocking(False)
            attempts.append(asyncio.ensure_future(loop.sock_connect(client, address)))
        try:
            await asyncio.wait(attempts, return_when=asyncio.FIRST_COMPLETED)
            yield address[1]
        finally:
            for attempt in attempts:
                attempt.cancel()
            await asyncio.gather(*attempts, return_exceptions=True)
            for client in queued:
                client.close()
