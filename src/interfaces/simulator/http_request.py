"""HTTP requests as they are read: at once where they are of the usual kind, else by h11."""

import re
from urllib.parse import parse_qs

import h11
from msgspec import Struct

_HEAD_END = b"\r\n\r\n"
_USUAL_HEAD = re.compile(
    rb"[A-Z]+ /[!-~]* HTTP/1\.1(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[\t -~\x80-\xff]*)*"
)
_UNUSUAL = (b"transfer-encoding", b"expect", b"upgrade")
_LENGTH = re.compile(rb"[0-9]{1,18}")
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Request(Struct, frozen=True):
    """A whole request. Header names are lower case; of a repeated header the last one counts."""

    method: str
    path: str
    query: str
    headers: dict[bytes, bytes]
    body: bytes
    version: bytes = b"1.1"

    def header(self, name: bytes) -> str:
        """The header's value, empty where it was not sent."""
        return self.headers.get(name, b"").decode("latin-1")

    def parameter(self, name: str) -> str:
        """The query parameter's value, empty where it was not sent."""
        return parse_qs(self.query).get(name, [""])[-1] if self.query else ""

    @property
    def keeps_alive(self) -> bool:
        """Whether the caller means to use the connection again."""
        connection = self.headers.get(b"connection", b"").lower()
        return self.version == b"1.1" and connection != b"close"


def read_at_once(data: bytes) -> Request | None:
    """The request that the data are, if they are just that; None leaves the rest to RequestReader.

    Ten times as fast as h11, which matters where a simulator is the upstream of a load test.
    """
    end = data.find(_HEAD_END)
    if end < 0 or not _USUAL_HEAD.fullmatch(data, 0, end):
        return None
    first, *lines = data[:end].split(b"\r\n")
    headers: dict[bytes, bytes] = {}
    for line in lines:
        name, _, value = line.partition(b":")
        headers[name.lower()] = value.strip()
    if len(headers) != len(lines) or any(name in headers for name in _UNUSUAL):
        return None
    length = headers.get(b"content-length", b"0")
    if not _LENGTH.fullmatch(length) or int(length) != len(data) - end - len(_HEAD_END):
        return None
    method, target, _ = first.split(b" ")
    return _request(method, target, headers, data[end + len(_HEAD_END) :])


class RequestReader:
    """Reads one request of any kind, by pieces; h11 raises RemoteProtocolError for what is none."""

    def __init__(self) -> None:
        self._connection = h11.Connection(h11.SERVER)
        self._head: h11.Request | None = None
        self._body: list[bytes] = []

    @property
    def awaited(self) -> bool:
        """Whether the caller sends the body only after a word from us (`Expect: 100-continue`)."""
        return self._connection.they_are_waiting_for_100_continue

    def go_on(self) -> bytes:
        """That word."""
        self._connection.send(h11.InformationalResponse(status_code=100, headers=[]))
        return CONTINUE

    def feed(self, data: bytes) -> Request | None:
        """The request, once it is whole."""
        self._connection.receive_data(data)
        while True:
            event = self._connection.next_event()
            if isinstance(event, h11.Request):
                self._head = event
            elif isinstance(event, h11.Data):
                self._body.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage) and self._head is not None:
                head = self._head
                body, version = b"".join(self._body), head.http_version
                return _request(head.method, head.target, dict(head.headers), body, version)
            else:
                return None

    @property
    def rest(self) -> bytes:
        """What came after the request."""
        return self._connection.trailing_data[0]


def _request(
    method: bytes, target: bytes, headers: dict[bytes, bytes], body: bytes, version: bytes = b"1.1"
) -> Request:
    path, _, query = target.decode("latin-1").partition("?")
    return Request(method.decode("ascii"), path, query, headers, body, version)
