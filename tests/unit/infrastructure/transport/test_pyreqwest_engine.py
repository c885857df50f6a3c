"""What PyreqwestEngine does beyond the contract of all engines."""

from pathlib import Path

import pytest
from tests.support.raw_server import RawConnection, raw_server, reply

from turnout.infrastructure.transport.engine import EngineOptions, HttpRequest
from turnout.infrastructure.transport.pyreqwest_engine import PyreqwestEngine


def test_a_ca_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        PyreqwestEngine(EngineOptions(ca_file=str(tmp_path / "none.pem")))


async def test_a_header_that_is_not_ascii_reads_as_absent() -> None:
    async def answer(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(reply(b"ok", b"x-odd: \xe9"))

    async with raw_server(answer) as server:
        engine = PyreqwestEngine(EngineOptions())
        got = await engine.send(HttpRequest("GET", server.url()))
        await engine.close()
    assert got.headers.get("x-odd") is None


async def test_http2_still_speaks_http_1_without_tls() -> None:
    async def answer(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(reply(b"ok"))

    async with raw_server(answer) as server:
        engine = PyreqwestEngine(EngineOptions(http2=True))
        assert (await engine.send(HttpRequest("GET", server.url()))).body == b"ok"
        await engine.close()


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    async def answer(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(reply(b"direct"))

    async with raw_server(answer) as server:
        engine = PyreqwestEngine(EngineOptions())
        assert (await engine.send(HttpRequest("GET", server.url()))).body == b"direct"
        await engine.close()
