"""What Http1Engine does beyond the contract of all engines: when it repeats, when it reuses."""

import asyncio

import pytest
from tests.support.raw_server import RawConnection, RawServer, raw_server, reply

from turnout.domain.inference.failure import ProviderFailure
from turnout.infrastructure.transport.engine import EngineOptions, HttpRequest
from turnout.infrastructure.transport.http1_engine import Http1Engine


def post(server: RawServer, body: bytes = b"{}") -> HttpRequest:
    return HttpRequest("POST", server.url(), (), body)


class Turns:
    """Plays one script on the first connection and another on all that follow."""

    def __init__(self, *answers_of_first: bytes) -> None:
        self._first = list(answers_of_first)

    async def play(self, connection: RawConnection) -> None:
        answers, self._first = self._first, [reply(b"second")]
        for answer in answers:
            await connection.read_request()
            await connection.send(answer)
        if answers and answers[-1].endswith(b"first"):
            await connection.read_request()  # and then close without an answer


async def test_a_request_met_by_a_closing_connection_is_sent_once_more() -> None:
    turns = Turns(reply(b"first"))
    async with raw_server(turns.play) as server:
        engine = Http1Engine(EngineOptions())
        assert (await engine.send(post(server))).body == b"first"
        assert (await engine.send(post(server))).body == b"second"
        await engine.close()
    assert [len(connection.requests) for connection in server.connections] == [2, 1]


async def test_it_is_not_sent_again_once_an_answer_has_begun() -> None:
    turns = Turns(reply(b"one"), b"HTTP/1.1 200")
    async with raw_server(turns.play) as server:
        engine = Http1Engine(EngineOptions())
        assert (await engine.send(post(server))).body == b"one"
        with pytest.raises(ProviderFailure, match="closed the connection before answering"):
            await engine.send(post(server))
        await engine.close()
    assert len(server.connections) == 1


async def test_it_is_not_sent_again_on_a_connection_that_was_new() -> None:
    async def closing(connection: RawConnection) -> None:
        await connection.read_request()

    async with raw_server(closing) as server:
        engine = Http1Engine(EngineOptions())
        with pytest.raises(ProviderFailure, match="closed the connection before answering"):
            await engine.send(post(server))
        await engine.close()
    assert len(server.connections) == 1


@pytest.mark.parametrize(
    "answer",
    [
        reply(b"one") + reply(b"unasked"),
        reply(b"one", b"keep-alive: timeout=1"),
        reply(b"one").replace(b"HTTP/1.1", b"HTTP/1.0"),
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\nX",
    ],
    ids=["surplus", "closing-soon", "http-1.0", "surplus-after-chunks"],
)
async def test_a_connection_that_may_not_be_used_again_is_not(answer: bytes) -> None:
    turns = Turns(answer)
    async with raw_server(turns.play) as server:
        engine = Http1Engine(EngineOptions())
        assert (await engine.send(post(server))).body == b"one"
        assert (await engine.send(post(server))).body == b"second"
        await engine.close()
    assert len(server.connections) == 2


async def test_an_answer_that_comes_before_the_body_is_out() -> None:
    """It is given, and the connection, on which the rest of the body was still to come, is not."""

    async def early(connection: RawConnection) -> None:
        await connection.reader.readuntil(b"\r\n\r\n")
        connection.writer.write(reply(b"no", status=b"413 Too Large"))
        await connection.peer_closed()

    body = b"x" * 64_000_000
    async with raw_server(early) as server:
        engine = Http1Engine(EngineOptions())
        async with asyncio.timeout(20):
            answers = [await engine.send(post(server, body)) for _ in range(2)]
        await engine.close()
    assert [answer.status for answer in answers] == [413, 413]
    assert len(server.connections) == 2
