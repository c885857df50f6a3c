"""A caller's connection as the kernel knows it.

The server lends no socket, so it is found among this process's descriptors by the caller's address,
and looked at only. Source: Linux's proc(5) and tcp(7), SIOCOUTQ.
"""

import fcntl
import os
import socket
import struct
import termios
from collections.abc import Iterator

_DESCRIPTORS = "/proc/self/fd"


class CallerConnection:
    """The connection from `client`, an address and a port; IPv6 in brackets.

    Finding it takes about ten microseconds for each descriptor that the process has.
    """

    __slots__ = ("_descriptor", "_peer")

    def __init__(self, client: str) -> None:
        host, _, port = client.rpartition(":")
        self._peer = (host.strip("[]"), port)
        self._descriptor = next(filter(self._is_mine, _descriptors()), None)

    def unsent_bytes(self) -> int:
        """Return how much the kernel holds that the caller has not acknowledged yet.

        0 where that cannot be told: the connection is closed, or the system is none that tells.
        """
        descriptor = self._descriptor
        if descriptor is None or not self._is_mine(descriptor):
            return 0
        try:
            (held,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4)))
        except OSError:
            return 0
        return int(held)

    def _is_mine(self, descriptor: int) -> bool:
        """Tell whether `descriptor` is that connection; the server may have closed it meanwhile."""
        looked_at = None
        try:
            looked_at = socket.socket(fileno=descriptor)
            host, port = looked_at.getpeername()[:2]
        except (OSError, ValueError):
            return False
        finally:
            if looked_at is not None:
                looked_at.detach()
        return (str(host).partition("%")[0], str(port)) == self._peer


def _descriptors() -> Iterator[int]:
    try:
        names = os.listdir(_DESCRIPTORS)
    except OSError:
        return
    yield from map(int, names)
