import asyncio
import socket
from contextlib import closing
from dataclasses import replace

import pytest
from tests.support.upstream import upstream, whole

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.infrastructure.transport.engine import EngineOptions
from turnout.infrastructure.transport.reach import reach

OPTIONS = EngineOptions(connect_timeout_seconds=5)


async def test_a_server_that_listens_is_reached_and_asked_nothing() -> None:
    async with upstream(whole(200, b"{}")) as server:
        await reach(f"{server.base_url}/v1/models", OPTIONS)
        assert server.asked == []


async def test_a_port_where_nobody_listens_is_not() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(ProviderFailure, match=r"no connection to 127\.0\.0\.1") as refused:
            await reach(f"http://127.0.0.1:{port}", OPTIONS)
    assert refused.value.kind is FailureKind.TRANSPORT


async def test_a_handshake_that_never_ends_takes_too_long() -> None:
    left = asyncio.Event()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        left.set()

    server = await asyncio.start_server(keep_silent, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ProviderFailure, match=r"within 0\.2 s") as late:
            options = replace(OPTIONS, connect_timeout_seconds=0.2)
            await reach(f"https://127.0.0.1:{port}", options)
        await left.wait()
    assert late.value.kind is FailureKind.TIMEOUT
