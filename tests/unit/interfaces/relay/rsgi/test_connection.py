"""What the kernel tells of a connection, on real sockets."""

import socket

import pytest

from turnout.interfaces.relay.rsgi.connection import CallerConnection

Pair = tuple[socket.socket, socket.socket]


def connected(family: socket.AddressFamily, host: str) -> Pair:
    """A caller, and the server's side of its connection."""
    with socket.create_server((host, 0), family=family) as listener:
        caller = socket.create_connection(listener.getsockname()[:2])
        server, _ = listener.accept()
    return caller, server


def address_of(caller: socket.socket) -> str:
    host, port = caller.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@pytest.mark.parametrize(
    ("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
)
def test_what_the_caller_has_not_read_is_unsent_once_its_buffers_are_full(
    family: socket.AddressFamily, host: str
) -> None:
    caller, server = connected(family, host)
    with caller, server:
        connection = CallerConnection(address_of(caller))
        assert connection.unsent_bytes() == 0
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            while True:
                server.send(bytes(65536))
        assert connection.unsent_bytes() > 0
        assert server.getpeername() == caller.getsockname()


def test_a_closed_connection_has_nothing_to_send() -> None:
    caller, server = connected(socket.AF_INET, "127.0.0.1")
    connection = CallerConnection(address_of(caller))
    with caller:
        server.close()
        assert connection.unsent_bytes() == 0


@pytest.mark.parametrize("client", ["127.0.0.1:1", "nowhere", ""])
def test_an_unknown_connection_has_nothing_to_send(client: str) -> None:
    assert CallerConnection(client).unsent_bytes() == 0
