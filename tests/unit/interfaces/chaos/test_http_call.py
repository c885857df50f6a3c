import asyncio

import pytest
from tests.support.raw_server import (
    LAST_CHUNK,
    STREAM_HEAD,
    RawConnection,
    Script,
    chunk,
    raw_server,
    reply,
)

from turnout.interfaces.chaos.door import Door
from turnout.interfaces.chaos.http_call import CallFailed, posted


async def body_from(script: Script) -> tuple[int, dict[str, str], list[bytes]]:
    """What a call to a server that plays `script` gives: status, headers and pieces."""
    async with (
        raw_server(script) as server,
        posted(Door(host="127.0.0.1", port=server.port), "/v1/x", b"{}") as answer,
    ):
        pieces = []
        while piece := await answer.read():
            pieces.append(piece)
        return answer.status, answer.headers, pieces


async def test_a_whole_answer_is_read() -> None:
    asked = []

    async def script(connection: RawConnection) -> None:
        asked.append(await connection.read_request())
        await connection.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await connection.send(reply(b"hello", b"X-Name: value", status=b"201 Created"))

    status, headers, pieces = await body_from(script)
    ((head, body),) = asked
    assert head.startswith(b"POST /v1/x HTTP/1.1\r\n")
    assert body == b"{}"
    assert (status, headers["x-name"], b"".join(pieces)) == (201, "value", b"hello")


async def test_a_stream_comes_piece_by_piece() -> None:
    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(STREAM_HEAD + chunk(b"one") + chunk(b"two") + LAST_CHUNK)

    _, _, pieces = await body_from(script)
    assert pieces == [b"one", b"two"]


@pytest.mark.parametrize(
    "sent", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel"]
)
async def test_an_answer_that_breaks_off_is_a_failure(sent: bytes) -> None:
    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(sent)

    with pytest.raises(CallFailed):
        await body_from(script)


async def test_nobody_there_is_a_failure() -> None:
    async with raw_server(lambda _: asyncio.sleep(0)) as server:
        port = server.port
    with pytest.raises(CallFailed, match="no connection"):
        async with posted(Door(host="127.0.0.1", port=port), "/", b""):
            raise AssertionError("there was an answer")


async def test_leaving_early_hangs_up() -> None:
    left = asyncio.Event()

    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(STREAM_HEAD + chunk(b"one"))
        await connection.peer_closed()
        left.set()

    async with raw_server(script) as server:
        async with posted(Door(host="127.0.0.1", port=server.port), "/", b"{}") as answer:
            assert await answer.read() == b"one"
        await left.wait()
