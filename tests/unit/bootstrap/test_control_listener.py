import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI
from tests.support.certificates import ServerCertificate, server_certificate

from turnout.bootstrap.control_listener import control_server
from turnout.bootstrap.plane_settings import PlaneSettings, TlsSettings

PATIENCE_SECONDS = 20


def app() -> FastAPI:
    made = FastAPI()

    @made.get("/")
    async def root() -> str:
        return "here"

    return made


@asynccontextmanager
async def served(
    tls: TlsSettings | None = None, *, head_seconds: float = 30.0
) -> AsyncIterator[int]:
    settings = PlaneSettings(database_url="", tls=tls, head_seconds=head_seconds)
    server, renew = control_server(app(), settings)
    with socket.create_server(("127.0.0.1", 0)) as door:
        running = asyncio.create_task(server.serve([door]))
        try:
            await renew()
            yield door.getsockname()[1]
        finally:
            server.should_exit = True
            await running


async def exchanged(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
    finally:
        writer.close()


async def test_a_head_that_does_not_end_is_not_waited_for() -> None:
    async with served(head_seconds=0.05) as port:
        assert await exchanged(port, b"GET / HTTP/1.1\r\nhost: x\r\n") == b""
        assert await exchanged(port, b"") == b""
        ask = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
        assert (await exchanged(port, ask + b"GET / HTT")).startswith(b"HTTP/1.1 200 ")


async def test_the_server_does_not_tell_what_it_is() -> None:
    async with served() as port, httpx.AsyncClient(trust_env=False) as client:
        assert "server" not in (await client.get(f"http://127.0.0.1:{port}/")).headers


async def test_a_head_that_is_too_long_is_refused() -> None:
    long = b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"a" * 100_000
    async with served() as port:
        assert (await exchanged(port, long)).startswith(b"HTTP/1.1 400 ")


def files_of(certificate: ServerCertificate) -> TlsSettings:
    return TlsSettings(str(certificate.chain_file), str(certificate.chain_file))


async def test_it_speaks_tls(tmp_path: Path) -> None:
    certificate = server_certificate(tmp_path)
    async with (
        served(files_of(certificate)) as port,
        httpx.AsyncClient(verify=certificate.trust(), trust_env=False) as client,
    ):
        assert (await client.get(f"https://127.0.0.1:{port}/")).json() == "here"


async def test_a_renewed_certificate_is_shown_from_then_on(tmp_path: Path) -> None:
    first, second = (server_certificate(tmp_path / name) for name in ("first", "second"))
    settings = PlaneSettings(database_url="", tls=files_of(first))
    server, renew = control_server(app(), settings)
    with socket.create_server(("127.0.0.1", 0)) as door:
        running = asyncio.create_task(server.serve([door]))
        url = f"https://127.0.0.1:{door.getsockname()[1]}/"
        async with httpx.AsyncClient(verify=first.trust(), trust_env=False) as client:
            assert (await client.get(url)).is_success
        first.chain_file.unlink()
        first.chain_file.write_bytes(second.chain_file.read_bytes())
        await renew()
        async with httpx.AsyncClient(verify=second.trust(), trust_env=False) as client:
            assert (await client.get(url)).is_success
        server.should_exit = True
        await running
