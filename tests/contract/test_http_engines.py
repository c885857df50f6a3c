"""What every HTTP engine keeps to, on real sockets, on both event loops."""

import asyncio
import gzip
import os
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.certificates import server_certificate
from tests.support.raw_server import (
    LAST_CHUNK,
    STREAM_HEAD,
    RawConnection,
    RawServer,
    chunk,
    full_backlog,
    raw_server,
    reply,
)
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.infrastructure.transport.engine import (
    EngineOptions,
    HttpEngine,
    HttpReply,
    HttpRequest,
)
from turnout.infrastructure.transport.http1_engine import Http1Engine
from turnout.infrastructure.transport.httpx_engine import HttpxEngine
from turnout.infrastructure.transport.pyreqwest_engine import PyreqwestEngine

Engines = Callable[[EngineOptions], HttpEngine]

KINDS: dict[str, Engines] = {
    "http1": Http1Engine,
    "httpx": HttpxEngine,
    "pyreqwest": PyreqwestEngine,
}
SECRET = "sk-very-secret"
HEADERS = (("authorization", f"Bearer {SECRET}"), ("x-api-key", SECRET))
HANG_SECONDS = 20
"""Far beyond what anything here takes: only a hanging test meets it."""


@pytest.fixture(params=list(KINDS))
def engines(request: pytest.FixtureRequest) -> Engines:
    return KINDS[request.param]


@pytest.fixture(params=["http1", "httpx"])
def prompt_engines(request: pytest.FixtureRequest) -> Engines:
    """Those that close a connection which is given up before the head of its reply is there."""
    return KINDS[request.param]


@asynccontextmanager
async def opened(
    engines: Engines, options: EngineOptions | None = None
) -> AsyncIterator[HttpEngine]:
    engine = engines(options or EngineOptions())
    try:
        async with asyncio.timeout(HANG_SECONDS):
            yield engine
    finally:
        await engine.close()


def post(url: str, body: bytes = b"{}") -> HttpRequest:
    return HttpRequest("POST", url, HEADERS, body)


async def failure_of(engine: HttpEngine, request: HttpRequest) -> ProviderFailure:
    with pytest.raises(ProviderFailure) as caught:
        await engine.send(request)
    shown = f"{caught.value!r} {caught.value} {caught.value.__cause__!r}"
    assert SECRET not in shown
    return caught.value


async def answer_ok(connection: RawConnection) -> None:
    while True:
        await connection.read_request()
        await connection.send(reply(b'{"ok":true}', b"Content-Type: application/json"))


async def test_a_request_arrives_as_it_was_given(engines: Engines) -> None:
    async with raw_server(answer_ok) as server, opened(engines) as engine:
        await engine.send(
            HttpRequest(
                "POST",
                server.url("/v1/a%20b?alt=sse&key=1"),
                (*HEADERS, ("x-name", "Bjørk \t!~"), ("X-Again", "1"), ("X-Again", "2")),
                b'{"model":"m"}',
            )
        )
    [(head, body)] = server.requests
    lines = head.lower().split(b"\r\n")
    assert head.startswith(b"POST /v1/a%20b?alt=sse&key=1 HTTP/1.1\r\n")
    assert body == b'{"model":"m"}'
    assert b"content-length: 13" in lines
    assert b"host: 127.0.0.1:%d" % server.port in lines
    assert [line for line in lines if line.startswith(b"accept-encoding")] == [
        b"accept-encoding: identity"
    ]
    assert [line for line in lines if line.startswith(b"user-agent")] == [b"user-agent: turnout"]
    assert "x-name: bjørk \t!~".encode() in lines
    assert [line for line in lines if line.startswith(b"x-again")] == [b"x-again: 1", b"x-again: 2"]
    assert b"authorization: bearer sk-very-secret" in lines


async def test_a_user_agent_of_the_request_is_the_only_one(engines: Engines) -> None:
    async with raw_server(answer_ok) as server, opened(engines) as engine:
        await engine.send(HttpRequest("GET", server.url(), (("User-Agent", "probe/2"),)))
    [(head, _)] = server.requests
    agents = [line for line in head.lower().split(b"\r\n") if line.startswith(b"user-agent")]
    assert agents == [b"user-agent: probe/2"]


async def test_a_whole_reply(engines: Engines) -> None:
    async with raw_server(answer_ok) as server, opened(engines) as engine:
        answer = await engine.send(post(server.url()))
    assert (answer.status, answer.body) == (200, b'{"ok":true}')
    assert answer.headers.get("content-type") == "application/json"
    assert answer.headers.get("CONTENT-TYPE") == "application/json"
    assert answer.headers.get("x-none") is None


async def test_a_reply_in_chunks_is_read_whole(engines: Engines) -> None:
    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(STREAM_HEAD + chunk(b"one ") + chunk(b"two") + LAST_CHUNK)

    async with raw_server(script) as server, opened(engines) as engine:
        assert (await engine.send(post(server.url()))).body == b"one two"


async def test_a_body_that_ends_with_the_connection(engines: Engines) -> None:
    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(b"HTTP/1.0 200 OK\r\ncontent-type: text/plain\r\n\r\nuntil the end")

    async with raw_server(script) as server, opened(engines) as engine:
        assert (await engine.send(post(server.url()))).body == b"until the end"


async def test_early_hints_are_passed_over(engines: Engines) -> None:
    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" + reply(b"late"))

    async with raw_server(script) as server, opened(engines) as engine:
        assert (await engine.send(post(server.url()))).body == b"late"


async def test_replies_without_a_body(engines: Engines) -> None:
    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(b"HTTP/1.1 204 No Content\r\n\r\n")
        await connection.read_request()
        await connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n")
        await connection.read_request()
        await connection.send(reply(b"again"))

    async with raw_server(script) as server, opened(engines) as engine:
        assert (await engine.send(post(server.url()))).status == 204
        assert (await engine.send(HttpRequest("HEAD", server.url()))).body == b""
        assert (await engine.send(post(server.url()))).body == b"again"
    assert len(server.connections) == 1


@pytest.mark.parametrize("status", [b"400 Bad Request", b"429 Too Many", b"500 Oops", b"302 Found"])
async def test_an_error_status_is_a_reply_like_any_other(engines: Engines, status: bytes) -> None:
    async def script(connection: RawConnection) -> None:
        for _ in range(2):
            await connection.read_request()
            await connection.send(
                reply(b"why", b"Retry-After: 7", b"location: /elsewhere", status=status)
            )

    async with raw_server(script) as server, opened(engines) as engine:
        answer = await engine.send(post(server.url()))
        async with engine.open(post(server.url())) as stream:
            assert stream.status == answer.status == int(status[:3])
            assert stream.headers.get("retry-after") == "7"
            assert await stream.read_all(1000) == answer.body == b"why"
    assert len(server.requests) == 2


async def test_reading_a_body_up_to_a_limit(engines: Engines) -> None:
    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(STREAM_HEAD + chunk(b"x" * 100_000))
        await connection.peer_closed()

    async with (
        raw_server(script) as server,
        opened(engines) as engine,
        engine.open(post(server.url())) as stream,
    ):
        assert await stream.read_all(1000) == b"x" * 1000


async def test_each_chunk_is_delivered_when_it_comes(engines: Engines) -> None:
    read = asyncio.Event()

    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(STREAM_HEAD)
        for piece in (b"data: one\n\n", b"data: tw", b"o\n\n"):
            await connection.send(chunk(piece))
            await read.wait()
            read.clear()
        await connection.send(b"5\r\n12")  # even a part of a chunk
        await read.wait()
        await connection.send(b"345\r\n" + LAST_CHUNK)

    async with (
        raw_server(script) as server,
        opened(engines) as engine,
        engine.open(post(server.url())) as stream,
    ):
        assert stream.status == 200
        assert stream.headers.get("content-type") == "text/event-stream"
        for expected in (b"data: one\n\n", b"data: tw", b"o\n\n", b"12"):
            assert await stream.read_chunk() == expected
            read.set()
        assert await stream.read_chunk() == b"345"
        assert await stream.read_chunk() is None
        assert await stream.read_chunk() is None


async def test_a_head_is_given_before_any_body(engines: Engines) -> None:
    opened_it = asyncio.Event()

    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(STREAM_HEAD)
        await opened_it.wait()
        await connection.send(chunk(b"x") + LAST_CHUNK)

    async with (
        raw_server(script) as server,
        opened(engines) as engine,
        engine.open(post(server.url())) as stream,
    ):
        opened_it.set()
        assert await stream.read_chunk() == b"x"


async def test_headers_can_be_read_when_all_is_over(engines: Engines) -> None:
    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(STREAM_HEAD + chunk(b"x") + LAST_CHUNK)

    async with raw_server(script) as server:
        async with opened(engines) as engine, engine.open(post(server.url())) as stream:
            assert await stream.read_all(10) == b"x"
        assert stream.headers.get("content-type") == "text/event-stream"


async def test_a_reply_in_single_bytes(engines: Engines) -> None:
    text = STREAM_HEAD + chunk(b"one") + b"3;note=x\r\ntwo\r\n0\r\nx-trailer: 1\r\n\r\n"

    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        for place in range(len(text)):
            await connection.send(text[place : place + 1])

    async with raw_server(script) as server, opened(engines) as engine:
        assert (await engine.send(post(server.url()))).body == b"onetwo"


async def test_a_connection_is_used_again(engines: Engines) -> None:
    async with raw_server(answer_ok) as server, opened(engines) as engine:
        for _ in range(3):
            await engine.send(post(server.url()))
            async with engine.open(post(server.url())) as stream:
                while await stream.read_chunk() is not None:
                    pass
    assert len(server.requests) == 6
    assert len(server.connections) == 1


@pytest.mark.parametrize("reset", [False, True])
async def test_a_pooled_connection_closed_by_the_server_is_not_used(
    engines: Engines, reset: bool
) -> None:
    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(reply(b"ok"))
        if reset:
            connection.reset()

    async with raw_server(script) as server, opened(engines) as engine:
        for _ in range(20):
            assert (await engine.send(post(server.url()))).body == b"ok"
    assert len(server.connections) == 20


async def test_the_server_may_ask_to_close(engines: Engines) -> None:
    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(reply(b"bye", b"Connection: close"))
        await connection.peer_closed()

    async with raw_server(script) as server, opened(engines) as engine:
        for _ in range(2):
            assert (await engine.send(post(server.url()))).body == b"bye"
    assert len(server.connections) == 2


async def test_cookies_are_not_kept(engines: Engines) -> None:
    async def script(connection: RawConnection) -> None:
        for _ in range(2):
            await connection.read_request()
            await connection.send(reply(b"ok", b"set-cookie: session=1; path=/"))

    async with raw_server(script) as server, opened(engines) as engine:
        for _ in range(2):
            await engine.send(post(server.url()))
    assert [b"cookie" in head.lower() for head, _ in server.requests] == [False, False]


async def test_many_requests_at_once(engines: Engines) -> None:
    async with raw_server(answer_ok) as server, opened(engines) as engine:
        answers = await asyncio.gather(*(engine.send(post(server.url())) for _ in range(50)))
    assert {answer.body for answer in answers} == {b'{"ok":true}'}
    assert len(server.requests) == 50


async def test_a_body_of_32_megabytes(engines: Engines) -> None:
    body = os.urandom(1 << 20) * 32

    async def script(connection: RawConnection) -> None:
        _, got = await connection.read_request()
        await connection.send(reply(b"same" if got == body else b"other"))

    async with raw_server(script) as server, opened(engines) as engine:
        assert (await engine.send(post(server.url(), body))).body == b"same"


async def test_a_reply_of_8_megabytes_and_one_beyond_the_limit(engines: Engines) -> None:
    body = os.urandom(1 << 20) * 8

    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(reply(body))

    options = EngineOptions(reply_limit_bytes=len(body))
    smaller = EngineOptions(reply_limit_bytes=len(body) - 1)
    async with raw_server(script) as server:
        async with opened(engines, options) as engine:
            assert (await engine.send(post(server.url()))).body == body
        async with opened(engines, smaller) as engine:
            failure = await failure_of(engine, post(server.url()))
    assert failure.kind is FailureKind.MALFORMED
    assert str(len(body) - 1) in failure.message


async def test_a_slow_reader_loses_nothing(engines: Engines) -> None:
    pieces = [os.urandom(1000) * 200 for _ in range(20)]

    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(STREAM_HEAD + b"".join(map(chunk, pieces)) + LAST_CHUNK)

    async with (
        raw_server(script) as server,
        opened(engines) as engine,
        engine.open(post(server.url())) as stream,
    ):
        got = []
        while (piece := await stream.read_chunk()) is not None:
            got.append(piece)
            for _ in range(3):
                await asyncio.sleep(0)
    assert b"".join(got) == b"".join(pieces)


async def test_odd_bytes_in_a_header_do_no_harm(engines: Engines) -> None:
    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(reply(b"ok", b"x-odd: \xe9\xff", b"x-plain: yes"))

    async with raw_server(script) as server, opened(engines) as engine:
        answer = await engine.send(post(server.url()))
    assert answer.headers.get("x-odd") in {None, "éÿ"}
    assert answer.headers.get("x-plain") == "yes"


async def test_a_body_compressed_unasked_is_malformed(engines: Engines) -> None:
    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(reply(gzip.compress(b"hello"), b"content-encoding: gzip"))
        await connection.peer_closed()

    async with raw_server(script) as server, opened(engines) as engine:
        failure = await failure_of(engine, post(server.url()))
    assert failure.kind is FailureKind.MALFORMED
    assert "gzip" in failure.message


async def test_connection_refused(engines: Engines) -> None:
    async with raw_server(answer_ok) as server:
        url = server.url("/v1?key=" + SECRET)
    async with opened(engines) as engine:
        failure = await failure_of(engine, post(url))
    assert failure.kind is FailureKind.TRANSPORT
    assert "no connection to 127.0.0.1" in failure.message
    assert "refused" in failure.message.lower()


async def test_a_name_that_does_not_resolve(engines: Engines) -> None:
    async with opened(engines) as engine:
        failure = await failure_of(engine, post("http://nobody.invalid/v1"))
    assert failure.kind is FailureKind.TRANSPORT
    assert "nobody.invalid" in failure.message


async def test_connecting_takes_too_long(engines: Engines) -> None:
    options = EngineOptions(connect_timeout_seconds=0.2)
    async with full_backlog() as port, opened(engines, options) as engine:
        failure = await failure_of(engine, post(f"http://127.0.0.1:{port}/v1"))
    assert failure.kind is FailureKind.TIMEOUT
    assert failure.message == "no connection to 127.0.0.1 within 0.2 s"


async def test_a_handshake_takes_too_long(engines: Engines) -> None:
    async def script(connection: RawConnection) -> None:
        await connection.peer_closed()

    options = EngineOptions(connect_timeout_seconds=0.2)
    async with raw_server(script) as server, opened(engines, options) as engine:
        failure = await failure_of(engine, post(f"https://127.0.0.1:{server.port}/v1"))
    assert failure.kind is FailureKind.TIMEOUT


async def test_tls_with_an_authority_of_ones_own(engines: Engines, tmp_path: Path) -> None:
    certificate = server_certificate(tmp_path)
    trusting = EngineOptions(ca_file=str(certificate.ca_file))
    careless = EngineOptions(verify_tls=False)
    async with raw_server(answer_ok, certificate.context) as server:
        for options in (trusting, careless):
            async with opened(engines, options) as engine:
                for _ in range(3):
                    assert (await engine.send(post(server.url()))).status == 200
    assert [len(connection.requests) for connection in server.connections] == [3, 3]


async def test_a_server_that_asks_for_a_certificate_is_shown_ours(
    engines: Engines, tmp_path: Path
) -> None:
    certificate = server_certificate(tmp_path)
    stranger = server_certificate(tmp_path / "stranger")
    trusting = EngineOptions(ca_file=str(certificate.ca_file))
    ours, theirs = (
        replace(trusting, client_cert_file=str(each), client_key_file=str(each))
        for each in (certificate.client_file, stranger.client_file)
    )
    async with raw_server(answer_ok, certificate.asking()) as server:
        async with opened(engines, ours) as engine:
            assert (await engine.send(post(server.url()))).status == 200
        asked = len(server.requests)
        for options in (trusting, theirs):
            async with opened(engines, options) as engine:
                failure = await failure_of(engine, post(server.url()))
            assert failure.kind is FailureKind.TRANSPORT
        assert len(server.requests) == asked


async def test_a_certificate_of_ours_that_is_not_there(engines: Engines, tmp_path: Path) -> None:
    file = str(tmp_path / "none.pem")
    with pytest.raises(OSError):
        engines(EngineOptions(client_cert_file=file, client_key_file=file))


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[::ffff:169.254.169.254]", "0.0.0.0", "metadata.google.internal"]
)
async def test_some_addresses_are_never_connected_to(engines: Engines, host: str) -> None:
    async with opened(engines) as engine:
        failure = await failure_of(engine, post(f"http://{host}/latest/meta-data"))
        with pytest.raises(ProviderFailure):
            async with engine.open(post(f"https://{host}/")):
                pass
    assert failure.kind is FailureKind.TRANSPORT
    assert failure.message.startswith("no connection to ")
    assert " is " in failure.message


async def test_a_name_that_leads_to_a_private_address_now(prompt_engines: Engines) -> None:
    async with (
        raw_server(answer_ok) as server,
        opened(prompt_engines, EngineOptions(public_only=True)) as engine,
    ):
        for host in ("localhost", "127.0.0.1"):
            failure = await failure_of(engine, post(f"http://{host}:{server.port}/v1"))
            assert "is not of the public internet" in failure.message
    assert server.connections == []


def test_an_engine_that_cannot_tell_says_so() -> None:
    with pytest.raises(ValueError, match="public_only"):
        PyreqwestEngine(EngineOptions(public_only=True))


async def test_tls_with_an_authority_that_nobody_knows(engines: Engines, tmp_path: Path) -> None:
    certificate = server_certificate(tmp_path)
    async with raw_server(answer_ok, certificate.context) as server, opened(engines) as engine:
        failure = await failure_of(engine, post(server.url()))
    assert failure.kind is FailureKind.TRANSPORT
    assert "certificate" in failure.message
    assert server.requests == []


async def test_tls_with_a_server_that_speaks_plain_http(engines: Engines) -> None:
    async def script(connection: RawConnection) -> None:
        await connection.reader.read(100)
        await connection.send(reply(b"plain"))

    async with raw_server(script) as server, opened(engines) as engine:
        failure = await failure_of(engine, post(f"https://127.0.0.1:{server.port}/"))
    assert failure.kind is FailureKind.TRANSPORT


async def test_large_bodies_both_ways_over_tls(engines: Engines, tmp_path: Path) -> None:
    certificate = server_certificate(tmp_path)
    body = os.urandom(1 << 20) * 8

    async def script(connection: RawConnection) -> None:
        _, got = await connection.read_request()
        await connection.send(STREAM_HEAD + chunk(got) + LAST_CHUNK)

    options = EngineOptions(ca_file=str(certificate.ca_file))
    async with (
        raw_server(script, certificate.context) as server,
        opened(engines, options) as engine,
        engine.open(post(server.url(), body)) as stream,
    ):
        got = []
        while (piece := await stream.read_chunk()) is not None:
            got.append(piece)
            for _ in range(3):
                await asyncio.sleep(0)
    assert b"".join(got) == body


async def test_a_stream_over_tls_comes_at_once_and_is_closed_when_left(
    engines: Engines, tmp_path: Path
) -> None:
    certificate = server_certificate(tmp_path)
    closed = asyncio.Event()

    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(STREAM_HEAD + chunk(b"some"))
        await connection.peer_closed()
        closed.set()

    options = EngineOptions(ca_file=str(certificate.ca_file))
    async with (
        raw_server(script, certificate.context) as server,
        opened(engines, options) as engine,
    ):
        async with engine.open(post(server.url())) as stream:
            assert await stream.read_chunk() == b"some"
        await closed.wait()


async def test_a_body_that_breaks_off_under_tls(engines: Engines, tmp_path: Path) -> None:
    certificate = server_certificate(tmp_path)

    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(STREAM_HEAD + chunk(b"some"))
        connection.reset()

    options = EngineOptions(ca_file=str(certificate.ca_file))
    async with (
        raw_server(script, certificate.context) as server,
        opened(engines, options) as engine,
    ):
        failure = await failure_of(engine, post(server.url()))
    assert failure.kind is FailureKind.TRANSPORT


async def test_giving_up_while_waiting_for_a_head_under_tls_closes_the_connection(
    prompt_engines: Engines, tmp_path: Path
) -> None:
    certificate = server_certificate(tmp_path)
    asked, closed = asyncio.Event(), asyncio.Event()

    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        asked.set()
        await connection.peer_closed()
        closed.set()

    options = EngineOptions(ca_file=str(certificate.ca_file))
    async with (
        raw_server(script, certificate.context) as server,
        opened(prompt_engines, options) as engine,
    ):
        await given_up(sending(engine, server), asked)
        await closed.wait()


async def closed_at_once(connection: RawConnection) -> None:
    await connection.read_request()


async def reset_at_once(connection: RawConnection) -> None:
    await connection.read_request()
    connection.reset()


async def half_a_head(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.send(b"HTTP/1.1 200 OK\r\ncontent-le")


async def another_protocol(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.send(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


async def two_lengths(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.send(reply(b"abcde", b"content-length: 3"))
    await connection.peer_closed()


@pytest.mark.parametrize(
    "script", [closed_at_once, reset_at_once, half_a_head, another_protocol, two_lengths]
)
async def test_no_answer_that_is_one(
    engines: Engines, script: Callable[[RawConnection], AsyncIterator[None]]
) -> None:
    async with raw_server(script) as server, opened(engines) as engine:  # type: ignore[arg-type]
        failure = await failure_of(engine, post(server.url(f"/v1?key={SECRET}")))
        assert failure.kind is FailureKind.TRANSPORT
        assert failure.message.startswith("127.0.0.1 ")
        with pytest.raises(ProviderFailure):
            async with engine.open(post(server.url())):
                pass


async def sized_and_closed(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nsome")


async def chunked_and_closed(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.send(STREAM_HEAD + chunk(b"some"))


async def closed_within_a_chunk(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.send(STREAM_HEAD + b"40\r\nsome")


async def a_wrong_chunk(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.send(STREAM_HEAD + chunk(b"some") + b"zz\r\n")
    await connection.peer_closed()


@pytest.mark.parametrize(
    "script", [sized_and_closed, chunked_and_closed, closed_within_a_chunk, a_wrong_chunk]
)
async def test_a_body_that_breaks_off(
    engines: Engines, script: Callable[[RawConnection], AsyncIterator[None]]
) -> None:
    async with raw_server(script) as server, opened(engines) as engine:  # type: ignore[arg-type]
        failure = await failure_of(engine, post(server.url()))
        assert failure.kind is FailureKind.TRANSPORT
        async with engine.open(post(server.url())) as stream:
            with pytest.raises(ProviderFailure) as caught:
                while await stream.read_chunk() is not None:
                    pass
    assert caught.value.kind is FailureKind.TRANSPORT


async def test_a_reset_within_a_body(engines: Engines) -> None:
    read = asyncio.Event()

    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(STREAM_HEAD + chunk(b"some"))
        await read.wait()
        connection.reset()

    async with (
        raw_server(script) as server,
        opened(engines) as engine,
        engine.open(post(server.url())) as stream,
    ):
        assert await stream.read_chunk() == b"some"
        read.set()
        with pytest.raises(ProviderFailure) as caught:
            await stream.read_chunk()
    assert caught.value.kind is FailureKind.TRANSPORT


async def given_up(work: AsyncIterator[object], when: asyncio.Event) -> None:
    """Run work in a task, cancel it at the event, and see that it was cancelled."""

    async def drive() -> None:
        async with aclosing(work):  # type: ignore[type-var]
            async for _ in work:
                pass

    task = asyncio.create_task(drive())
    await when.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def sending(engine: HttpEngine, server: RawServer) -> AsyncIterator[HttpReply]:
    yield await engine.send(post(server.url()))


async def streaming(engine: HttpEngine, server: RawServer) -> AsyncIterator[bytes]:
    async with engine.open(post(server.url())) as stream:
        while (piece := await stream.read_chunk()) is not None:
            yield piece


@pytest.mark.parametrize("work", [sending, streaming])
async def test_giving_up_while_waiting_for_a_head_closes_the_connection(
    prompt_engines: Engines, work: Callable[..., AsyncIterator[object]]
) -> None:
    asked, closed = asyncio.Event(), asyncio.Event()

    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        asked.set()
        await connection.peer_closed()
        closed.set()

    async with raw_server(script) as server, opened(prompt_engines) as engine:
        await given_up(work(engine, server), asked)
        await closed.wait()


@pytest.mark.parametrize("work", [sending, streaming])
async def test_giving_up_within_a_body_closes_the_connection(
    prompt_engines: Engines, work: Callable[..., AsyncIterator[object]]
) -> None:
    sent, closed = asyncio.Event(), asyncio.Event()

    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(STREAM_HEAD + chunk(b"some"))
        sent.set()
        await connection.peer_closed()
        closed.set()

    async with raw_server(script) as server, opened(prompt_engines) as engine:
        await given_up(work(engine, server), sent)
        await closed.wait()


async def test_giving_up_while_waiting_for_a_chunk_closes_the_connection(engines: Engines) -> None:
    waiting, closed = asyncio.Event(), asyncio.Event()

    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(STREAM_HEAD + chunk(b"some"))
        await connection.peer_closed()
        closed.set()

    async def work(engine: HttpEngine, server: RawServer) -> AsyncIterator[bytes]:
        async for piece in streaming(engine, server):
            waiting.set()
            yield piece

    async with raw_server(script) as server, opened(engines) as engine:
        await given_up(work(engine, server), waiting)
        await closed.wait()


async def test_giving_up_while_connecting(engines: Engines) -> None:
    async with full_backlog() as port, opened(engines) as engine:
        task = asyncio.create_task(engine.send(post(f"http://127.0.0.1:{port}/")))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("rest", [b"", chunk(b"more") + LAST_CHUNK], ids=["open", "whole"])
async def test_leaving_a_stream_early_closes_the_connection(engines: Engines, rest: bytes) -> None:
    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(STREAM_HEAD + chunk(b"some") + rest)
        await connection.peer_closed()

    async with raw_server(script) as server, opened(engines) as engine:
        for _ in range(3):
            async with engine.open(post(server.url())) as stream:
                assert await stream.read_chunk() is not None
                if rest:
                    break
    if not rest:
        assert [len(connection.requests) for connection in server.connections] == [1, 1, 1]


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("nonsense", "not an http or https URL"),
        ("ftp://127.0.0.1/", "not an http or https URL"),
        ("http:///v1", "not an http or https URL"),
        ("http://127.0.0.1:99999/", "not a URL"),
        ("http://127.0.0.1/a b", "percent-encoded"),
        ("http://127.0.0.1/\r\nx: y", "percent-encoded"),
    ],
)
async def test_an_address_that_is_none(engines: Engines, url: str, fault: str) -> None:
    async with opened(engines) as engine:
        failure = await failure_of(engine, post(url))
    assert failure.kind is FailureKind.TRANSPORT
    assert fault in failure.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("authorization", f"Bearer {SECRET}\n"),
        ("x-api-key", f"{SECRET}\r\nx-smuggled: 1"),
        ("x-api-key", f"{SECRET}\x00"),
        ("x api key", SECRET),
        ("", SECRET),
        ("Content-Length", "5"),
        ("transfer-encoding", "chunked"),
    ],
)
async def test_a_header_that_cannot_be_sent(engines: Engines, name: str, value: str) -> None:
    async with raw_server(answer_ok) as server, opened(engines) as engine:
        failure = await failure_of(engine, HttpRequest("POST", server.url(), ((name, value),)))
    assert failure.kind is FailureKind.TRANSPORT
    assert repr(name) in failure.message
    assert server.requests == []


async def test_a_closed_engine_fails(engines: Engines) -> None:
    async with raw_server(answer_ok) as server:
        async with opened(engines) as engine:
            await engine.send(post(server.url()))
        failure = await failure_of(engine, post(server.url()))
    assert failure.kind is FailureKind.TRANSPORT


async def test_closing_ends_requests_in_flight(prompt_engines: Engines) -> None:
    asked = asyncio.Event()

    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        asked.set()
        await connection.peer_closed()

    async with raw_server(script) as server, opened(prompt_engines) as engine:
        task = asyncio.create_task(engine.send(post(server.url())))
        await asked.wait()
        await engine.close()
        with pytest.raises(ProviderFailure):
            await task


async def test_http2_is_offered_by_one_engine_alone() -> None:
    options = EngineOptions(http2=True)
    await PyreqwestEngine(options).close()
    for engines in (Http1Engine, HttpxEngine):
        with pytest.raises(ValueError, match="pyreqwest"):
            engines(options)


async def test_pyreqwest_forgets_a_request_given_up_before_its_head() -> None:
    """The gap that keeps it from being the default: the connection lives until bytes come."""
    asked, given_up_on, closed = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        asked.set()
        await given_up_on.wait()
        await connection.send(STREAM_HEAD + chunk(b"some"))
        await connection.peer_closed()
        closed.set()

    async with raw_server(script) as server, opened(PyreqwestEngine) as engine:
        await given_up(streaming(engine, server), asked)
        given_up_on.set()
        await closed.wait()


async def test_nothing_secret_is_in_a_repr(engines: Engines) -> None:
    request = post(f"http://127.0.0.1/?key={SECRET}", SECRET.encode())
    async with raw_server(answer_ok) as server, opened(engines) as engine:
        answer = await engine.send(post(server.url()))
    assert SECRET not in repr(request)
    assert "ok" not in repr(answer)
