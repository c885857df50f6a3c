"""One connection, against a real server."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.support.certificates import server_certificate
from tests.support.raw_server import RawConnection, raw_server

from turnout.infrastructure.transport.http1_connection import (
    Connection,
    PlainConnection,
    TlsConnection,
)

HEAD = b"POST / HTTP/1.1\r\ncontent-length: "


class SetClock:
    """Enough of a loop for a connection's sense of time."""

    def __init__(self) -> None:
        self.now = 100.0

    def time(self) -> float:
        return self.now


class OpenTransport(asyncio.Transport):
    """A transport that is not closing."""

    def is_closing(self) -> bool:
        return False


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Connection]:
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(lambda: PlainConnection(loop), "127.0.0.1", port)
    try:
        yield connection
    finally:
        connection.close()


async def test_bytes_out_and_bytes_in() -> None:
    async def echo(connection: RawConnection) -> None:
        _, body = await connection.read_request()
        await connection.send(body)

    async with raw_server(echo) as server, connected(server.port) as connection:
        connection.send(HEAD, b"hello")
        assert await connection.receive() == b"hello"
        assert await connection.receive() == b""
        assert await connection.receive() == b""


async def test_a_large_body_goes_out_whole() -> None:
    body = b"x" * 32_000_000

    async def measure(connection: RawConnection) -> None:
        _, got = await connection.read_request()
        await connection.send(b"%d" % len(got))

    async with raw_server(measure) as server, connected(server.port) as connection:
        connection.send(HEAD, body)
        assert not connection.is_quiet()
        assert await connection.receive() == b"32000000"
        assert connection.is_quiet()


async def test_a_reset_is_an_error() -> None:
    async def reset(connection: RawConnection) -> None:
        await connection.read_request()
        connection.reset()

    async with raw_server(reset) as server, connected(server.port) as connection:
        connection.send(HEAD, b"hello")
        with pytest.raises(ConnectionResetError):
            await connection.receive()


async def test_a_sender_waits_for_a_slow_reader() -> None:
    """What is not read stays with the sender, beyond what the connection and the system hold."""
    much = b"x" * 64_000_000
    sent = asyncio.Event()

    async def flood(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(much)
        sent.set()

    async with raw_server(flood) as server, connected(server.port) as connection:
        connection.send(HEAD, b"")
        size = len(await connection.receive())
        for _ in range(100):
            await asyncio.sleep(0)
        assert not sent.is_set()
        while size < len(much):
            size += len(await connection.receive())
        await sent.wait()


async def test_a_resting_connection_dies_when_the_server_closes_it_or_speaks() -> None:
    close = asyncio.Event()

    async def silent(connection: RawConnection) -> None:
        await close.wait()

    async def talkative(connection: RawConnection) -> None:
        await connection.send(b"HTTP/1.1 408 Request Timeout\r\n\r\n")
        await connection.peer_closed()

    async with raw_server(silent) as server, connected(server.port) as connection:
        connection.rest(60)
        assert connection.lend()
        connection.rest(60)
        close.set()
        assert await connection.receive() == b""
        assert not connection.lend()
    async with raw_server(talkative) as server, connected(server.port) as connection:
        connection.rest(60)
        assert await connection.receive() == b""
        assert not connection.lend()


async def test_a_resting_connection_dies_of_age() -> None:
    async def silent(connection: RawConnection) -> None:
        await connection.peer_closed()

    async with raw_server(silent) as server, connected(server.port) as connection:
        connection.rest(0)
        assert not connection.lend()


def test_a_connection_is_freshly_lent_for_a_second() -> None:
    clock = SetClock()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = PlainConnection(clock)  # type: ignore[arg-type]
        connection.connection_made(OpenTransport({"socket": ours}))
        connection.rest(60)
        assert connection.lend()
        clock.now += 0.9
        assert connection.is_freshly_lent()
        clock.now += 0.2
        assert not connection.is_freshly_lent()


async def test_connections_with_tls_read_by_way_of_a_buffer_that_they_share(tmp_path: Path) -> None:
    async def echo(connection: RawConnection) -> None:
        _, body = await connection.read_request()
        await connection.send(body)

    certificate = server_certificate(tmp_path)
    trust = ssl.create_default_context(cafile=certificate.ca_file)
    loop, buffer = asyncio.get_running_loop(), bytearray(1000)
    bodies = [bytes([letter]) * 100_000 for letter in b"ab"]

    async def said_back(port: int, body: bytes) -> bytes:
        _, connection = await loop.create_connection(
            lambda: TlsConnection(loop, buffer), "127.0.0.1", port, ssl=trust
        )
        connection.send(HEAD, body)
        got = b""
        while data := await connection.receive():
            got += data
        connection.close()
        return got

    async with raw_server(echo, certificate.context) as server:
        assert await asyncio.gather(*(said_back(server.port, body) for body in bodies)) == bodies
