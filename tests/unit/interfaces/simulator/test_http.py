import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import pytest
import uvloop

from turnout.interfaces.simulator.http import HttpConnection, ResponseWriter
from turnout.interfaces.simulator.http_request import Request

GET = b"GET /%b HTTP/1.1\r\nHost: a\r\n\r\n"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected(
    handler: Callable[..., object], refused: Callable[[], None] = lambda: None
) -> AsyncIterator[Streams]:
    """A caller's streams to a server with this handler."""
    connections: set[HttpConnection] = set()
    server = await asyncio.get_running_loop().create_server(
        lambda: HttpConnection(handler, connections, refused),  # type: ignore[arg-type]
        "127.0.0.1",
        0,
    )
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    yield reader, writer
    writer.close()
    for connection in list(connections):
        connection.transport.abort()
        await connection.closed.wait()
    server.close()


def echo(request: Request, writer: ResponseWriter) -> None:
    writer.whole(200, [("x-path", request.path)], request.body)


def later(request: Request, writer: ResponseWriter) -> Coroutine[None, None, None]:
    async def answer() -> None:
        await asyncio.sleep(0)
        echo(request, writer)

    return answer()


@pytest.mark.parametrize("handler", [echo, later])
async def test_requests_in_one_write_are_answered_in_order(handler: Callable[..., object]) -> None:
    async with connected(handler) as (reader, writer):
        writer.write(GET % b"1" + GET % b"2" + GET % b"3")
        for number in (b"1", b"2", b"3"):
            head = await reader.readuntil(b"\r\n\r\n")
            assert b"x-path: /%b\r\n" % number in head
            assert b"content-length: 0" in head


async def test_a_request_that_comes_early_waits_for_its_turn() -> None:
    answered = asyncio.Event()

    def handler(request: Request, writer: ResponseWriter) -> Coroutine[None, None, None]:
        async def answer() -> None:
            if request.path == "/1":
                await answered.wait()
            echo(request, writer)

        return answer()

    async with connected(handler) as (reader, writer):
        writer.write(GET % b"1")
        await writer.drain()
        writer.write(GET % b"2")
        await writer.drain()
        answered.set()
        assert b"/1" in await reader.readuntil(b"\r\n\r\n")
        assert b"/2" in await reader.readuntil(b"\r\n\r\n")


async def test_a_stream_comes_in_chunks_and_the_connection_lives_on() -> None:
    def handler(request: Request, writer: ResponseWriter) -> None:
        writer.begin(200, [])
        writer.pieces([b"one", b"two"])
        writer.end()

    async with connected(handler) as (reader, writer):
        for _ in range(2):
            writer.write(GET % b"")
            assert b"transfer-encoding: chunked" in await reader.readuntil(b"\r\n\r\n")
            assert await reader.readuntil(b"0\r\n\r\n") == b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"


async def test_http_1_0_gets_no_chunks() -> None:
    def handler(request: Request, writer: ResponseWriter) -> None:
        writer.begin(200, [])
        writer.pieces([b"one", b"two"])
        writer.end()

    async with connected(handler) as (reader, writer):
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        assert b"chunked" not in head
        assert b"connection: close" in head
        assert body == b"onetwo"


async def test_a_body_in_pieces_with_expectation() -> None:
    async with connected(echo) as (reader, writer):
        writer.write(
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
        )
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"ab")
        await writer.drain()
        writer.write(b"cd")
        await reader.readuntil(b"\r\n\r\n")
        assert await reader.readexactly(4) == b"abcd"


async def test_garbage_is_told_to_be_a_bad_request() -> None:
    async with connected(echo) as (reader, writer):
        writer.write(b"nonsense\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 400 Bad Request\r\n")


async def test_cut_sends_what_was_written() -> None:
    def handler(request: Request, writer: ResponseWriter) -> None:
        writer.whole(200, [], b"abcdef", keep_back=2)
        writer.cut()

    async with connected(handler) as (reader, writer):
        writer.write(GET % b"")
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        assert b"content-length: 6" in head
        assert body == b"abcd"


async def test_reset_reaches_the_caller_as_a_reset() -> None:
    async with connected(lambda request, writer: writer.reset()) as (reader, writer):
        writer.write(GET % b"")
        with pytest.raises(ConnectionResetError):
            await reader.read()


async def test_the_handler_is_cancelled_when_the_caller_hangs_up() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async with connected(lambda request, writer: wait()) as (_, writer):
        writer.write(GET % b"")
        await begun.wait()
        writer.close()
        await cancelled.wait()


async def test_a_handler_that_fails_closes_the_connection_and_is_reported() -> None:
    reports: list[dict[str, object]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reports.append(context))

    async def fail() -> None:
        raise RuntimeError("as planned")

    async with connected(lambda request, writer: fail()) as (reader, writer):
        writer.write(GET % b"")
        assert await reader.read() == b""
    assert [str(report["exception"]) for report in reports] == ["as planned"]


async def test_writing_waits_for_a_slow_reader() -> None:
    size, pieces = 1 << 20, 64

    def handler(request: Request, writer: ResponseWriter) -> Coroutine[None, None, None]:
        async def answer() -> None:
            writer.begin(200, [])
            for _ in range(pieces):
                writer.pieces([b"x" * size])
                await writer.drained()
            writer.end()

        return answer()

    async with connected(handler) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        received = 0
        while block := await reader.read(1 << 20):
            received += len(block)
        assert received > size * pieces


@pytest.mark.parametrize(
    "scene",
    [
        test_reset_reaches_the_caller_as_a_reset,
        test_the_handler_is_cancelled_when_the_caller_hangs_up,
        test_writing_waits_for_a_slow_reader,
    ],
)
def test_it_is_the_same_on_uvloop(scene: Callable[[], Coroutine[None, None, None]]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(scene())


async def test_an_announced_body_may_come_in_pieces() -> None:
    def answer(request: Request, writer: ResponseWriter) -> None:
        writer.announce(200, [], 4)
        writer.pieces([b"ab", b"cd"])
        writer.end()

    async with connected(answer) as (reader, writer):
        writer.write(GET % b"a")
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"content-length: 4" in head
        assert await reader.readexactly(4) == b"abcd"


async def test_a_handshake_is_refused_as_tls_would_have_it() -> None:
    refusals: list[str] = []
    async with connected(echo, lambda: refusals.append("refused")) as (reader, writer):
        writer.write(b"\x16\x03\x01\x02\x00\x01")
        assert await reader.read() == b"\x15\x03\x03\x00\x02\x02\x28"
    assert refusals == ["refused"]
