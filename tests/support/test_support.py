"""The servers that the tests start are real, and leave nothing behind."""

import socket
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.support import network_guard, services


def _ask_valkey(url: str, command: bytes) -> bytes:
    where = urlsplit(url)
    with socket.create_connection((where.hostname or "", where.port or 0), 5) as connection:
        connection.sendall(command + b"\r\n")
        return connection.recv(4096)


async def test_postgres_is_there(postgres_url: str) -> None:
    engine = create_async_engine(postgres_url)
    async with engine.connect() as connection:
        version = await connection.scalar(text("SHOW server_version_num"))
    await engine.dispose()
    assert int(version) >= 150000


def test_valkey_is_there(redis_url: str) -> None:
    assert _ask_valkey(redis_url, b"PING") == b"+PONG\r\n"


def test_a_stopped_server_is_gone() -> None:
    with services.valkey() as url:
        where = urlsplit(url)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((where.hostname or "", where.port or 0), 5)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", True),
        (None, True),
        (b"127.8.0.1", True),
        ("nowhere.invalid", True),
        ("192.0.2.1", False),
        ("fe80::1%eth0", False),
        ("api.example.com", False),
    ],
)
def test_the_guard_knows_what_is_local(host: str | bytes | None, local: bool) -> None:
    assert network_guard.is_local(host) is local


def test_the_guard_refuses_and_remembers_a_connection_outside() -> None:
    """192.0.2.0/24 is reserved for documentation: nobody is there."""
    with (
        pytest.raises(AssertionError, match=r"192\.0\.2\.1"),
        network_guard.no_outside_connections(),
        pytest.raises(network_guard.OutsideConnection),
    ):
        socket.create_connection(("192.0.2.1", 80), 1)


def test_the_guard_refuses_a_lookup_outside() -> None:
    with (
        pytest.raises(AssertionError, match=r"api\.example\.com"),
        network_guard.no_outside_connections(),
        pytest.raises(network_guard.OutsideConnection),
    ):
        socket.getaddrinfo("api.example.com", 443)
