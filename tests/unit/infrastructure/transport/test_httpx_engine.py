"""What HttpxEngine does beyond the contract of all engines."""

import pytest
from tests.support.raw_server import RawConnection, raw_server, reply

from turnout.infrastructure.transport.engine import EngineOptions, HttpRequest
from turnout.infrastructure.transport.httpx_engine import HttpxEngine


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    async def answer(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(reply(b"direct"))

    async with raw_server(answer) as server:
        engine = HttpxEngine(EngineOptions())
        assert (await engine.send(HttpRequest("GET", server.url()))).body == b"direct"
        await engine.close()
