"""No test reaches beyond this machine.

An audit hook sees every name lookup and connection made through Python's sockets (asyncio, httpx,
the drivers); it cannot see those of engines that bring their own (uvloop, pyreqwest) nor of child
processes. An attempt is refused on the spot and, since the code under test may take the refusal for
an ordinary failure, remembered until the test ends.
"""

import ipaddress
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_attempts: list[str] = []


class OutsideConnection(OSError):
    """A test tried to leave the loopback interface."""


def install() -> None:
    """Watch this process from now on; an audit hook cannot be taken off again."""
    sys.addaudithook(_watch)


@contextmanager
def no_outside_connections() -> Iterator[None]:
    """Fail with the list of attempts if any was made inside."""
    _attempts.clear()
    yield
    attempts = list(_attempts)
    _attempts.clear()
    if attempts:
        raise AssertionError(f"the test tried to reach beyond this machine: {attempts}")


def is_local(host: object) -> bool:
    """Whether a host, as given to a socket function, is this machine (or is reserved to fail)."""
    name = host.decode(errors="replace") if isinstance(host, bytes) else host
    if not isinstance(name, str):
        return name is None
    if name in {"", "localhost"} or name.endswith(".invalid"):  # RFC 6761: never resolves
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        connection, address = arguments
        family = getattr(connection, "family", None)
        if family in {socket.AF_INET, socket.AF_INET6} and isinstance(address, tuple):
            _refuse_unless_local(address[0])
    elif event == "socket.getaddrinfo":
        _refuse_unless_local(arguments[0])


def _refuse_unless_local(host: object) -> None:
    if not is_local(host):
        _attempts.append(str(host))
        raise OutsideConnection(f"tests stay on loopback, this one asked for {host!r}")
