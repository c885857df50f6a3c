"""HTTP/1.1 as bytes: request heads out, reply heads and bodies in. Pure; RFC 9110 and 9112.

Strict where a reply could otherwise be cut or joined in the wrong place (lengths, chunk sizes), and
indifferent to the rest. Everything that is not HTTP raises NotHttp.
"""

import re
from functools import lru_cache
from typing import ClassVar, NamedTuple, Protocol
from urllib.parse import urlsplit

HEAD_LIMIT = 256 * 1024
USER_AGENT = "turnout"
_LINE_LIMIT = 8 * 1024
_DIGITS_LIMIT = 15
_HEXADECIMAL = b"0123456789abcdefABCDEF"
_OUR_HEADERS = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "transfer-encoding"}
)
_NO_BODY = frozenset({204, 304})
_CONNECTION = b"\r\nconnection:"
_CONTENT_ENCODING = b"\r\ncontent-encoding:"
_CONTENT_LENGTH = b"\r\ncontent-length:"
_KEEP_ALIVE = b"\r\nkeep-alive:"
_TRANSFER_ENCODING = b"\r\ntransfer-encoding:"
_TIMEOUT_HINT = re.compile(r"timeout=(\d{1,6})", re.IGNORECASE)
_SIZE, _CHUNK_END, _TRAILER = range(3)
"""What the next line of a chunked body is."""


class NotHttp(Exception):
    """The bytes, or the request's parts, are not what HTTP allows; the text is safe to show."""


class Origin(NamedTuple):
    """Where connections go, and what they may be shared by."""

    tls: bool
    host: str
    port: int


class Question(NamedTuple):
    """All of a request but its body: where it goes, and its head up to the body's length."""

    method: str
    origin: Origin
    head: bytes


@lru_cache(maxsize=512)
def question(method: str, url: str, headers: tuple[tuple[str, str], ...]) -> Question:
    """Check and write a request's head, once for equal requests. Raises NotHttp, naming no value.

    Engines that write their own heads use it for the check alone.
    """
    origin, host, target = _taken_apart(url)
    names = {_checked(name, value) for name, value in headers}
    lines = [f"{name}: {value}\r\n" for name, value in headers]
    if "user-agent" not in names:
        lines.append(f"user-agent: {USER_AGENT}\r\n")
    head = (
        f"{method} {target} HTTP/1.1\r\nhost: {host}\r\n"
        f"accept-encoding: identity\r\n{''.join(lines)}content-length: "
    )
    return Question(method, origin, head.encode())


def _checked(name: str, value: str) -> str:
    if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise NotHttp(f"{name[:64]!r} is not the name of a header")
    if any(character < " " and character != "\t" for character in value):
        raise NotHttp(f"the value of header {name!r} holds a line break or control character")
    if name.lower() in _OUR_HEADERS:
        raise NotHttp(f"header {name!r} cannot be set: it follows from the request")
    return name.lower()


def _taken_apart(url: str) -> tuple[Origin, str, str]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise NotHttp(f"the provider's address is not a URL: {error}") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise NotHttp("the provider's address is not an http or https URL with a host")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not target.isascii() or not target.isprintable() or " " in target:
        raise NotHttp("the provider's address has characters that must be percent-encoded")
    tls = parts.scheme == "https"
    host_header = f"[{host}]" if ":" in host else host
    if port is not None:
        host_header = f"{host_header}:{port}"
    return Origin(tls, host, port or (443 if tls else 80)), host_header, target


class ReplyHead:
    """A reply's status and headers; headers are looked up in the bytes, since few are asked for."""

    __slots__ = ("_lines", "_lowered", "http_1_1", "status")

    def __init__(self, head: bytes) -> None:
        """Read a head, without the blank line that ends it. Raises NotHttp."""
        status = head[9:12]
        if head[:7] != b"HTTP/1." or head[8:9] != b" " or len(status) < 3 or not status.isdigit():
            raise NotHttp("an answer that does not begin like HTTP")
        self.status = int(status)
        self.http_1_1 = head[7:8] != b"0"
        self._lines = head
        self._lowered = head.lower()

    def get(self, name: str, /) -> str | None:
        """Return the first value of a header, decoded as Latin-1; None if there is none."""
        return self.after(b"\r\n%b:" % name.lower().encode())

    def after(self, mark: bytes) -> str | None:
        """Return what follows a mark up to the end of its line: `get`, for names known before."""
        start = self._lowered.find(mark)
        if start < 0:
            return None
        start += len(mark)
        end = self._lines.find(b"\r\n", start)
        value = self._lines[start:end] if end >= 0 else self._lines[start:]
        return value.strip().decode("latin-1")

    def repeats(self, mark: bytes) -> bool:
        """Whether a mark occurs more than once."""
        return self._lowered.count(mark) > 1

    @property
    def body_is_encoded(self) -> bool:
        """Whether the server says that the body is compressed, or at least not that it is not."""
        return _CONTENT_ENCODING in self._lowered

    @property
    def keeps_alive(self) -> bool:
        """Whether the server means to read another request from this connection."""
        if _CONNECTION not in self._lowered:
            return self.http_1_1
        said = (self.after(_CONNECTION) or "").lower()
        return "close" not in said if self.http_1_1 else "keep-alive" in said

    @property
    def keep_alive_seconds(self) -> int | None:
        """How soon the server closes an unused connection, if it says so."""
        if _KEEP_ALIVE not in self._lowered:
            return None
        found = _TIMEOUT_HINT.search(self.after(_KEEP_ALIVE) or "")
        return int(found[1]) if found else None


class Body(Protocol):
    """How the bytes after a head become a body."""

    ends_with_connection: ClassVar[bool]
    finished: bool
    surplus: bytes
    """What came after the body's end."""

    def feed(self, data: bytes) -> bytes:
        """Take bytes from the wire, return those of the body that are ready. Raises NotHttp."""
        ...


def body_of(method: str, head: ReplyHead) -> Body:
    """Choose how a reply's body is framed (RFC 9112, 6.3). Raises NotHttp."""
    if method == "HEAD" or head.status in _NO_BODY:
        return SizedBody(0)
    coding = head.after(_TRANSFER_ENCODING)
    if coding is not None:
        if coding.lower() != "chunked" or head.repeats(_TRANSFER_ENCODING):
            raise NotHttp(f"an answer in the transfer coding {coding[:32]!r}")
        return ChunkedBody()
    size = head.after(_CONTENT_LENGTH)
    if size is None:
        return EndlessBody()
    digits = size.isascii() and size.isdigit() and len(size) <= _DIGITS_LIMIT
    if not digits or head.repeats(_CONTENT_LENGTH):
        raise NotHttp("an answer whose content-length is not one number")
    return SizedBody(int(size))


class SizedBody:
    """A body of a known number of bytes."""

    __slots__ = ("_left", "finished", "surplus")
    ends_with_connection: ClassVar[bool] = False

    def __init__(self, size: int) -> None:
        self._left = size
        self.finished = size == 0
        self.surplus = b""

    def feed(self, data: bytes) -> bytes:
        """Count bytes up to the size."""
        size = len(data)
        if size < self._left:
            self._left -= size
            return data
        self.finished = True
        if size > self._left:
            data, self.surplus = data[: self._left], data[self._left :]
        self._left = 0
        return data


class EndlessBody:
    """A body that ends where the connection does."""

    __slots__ = ("finished", "surplus")
    ends_with_connection: ClassVar[bool] = True

    def __init__(self) -> None:
        self.finished = False
        self.surplus = b""

    def feed(self, data: bytes) -> bytes:
        """Pass everything on."""
        return data


class ChunkedBody:
    """A body in chunks, each preceded by its size and followed by a line break."""

    __slots__ = ("_due", "_held", "_left", "finished", "surplus")
    ends_with_connection: ClassVar[bool] = False

    def __init__(self) -> None:
        self._held = b""
        self._left = 0
        self._due = _SIZE
        self.finished = False
        self.surplus = b""

    def feed(self, data: bytes) -> bytes:
        """Take chunks apart; a line that is not whole yet is held back, data never is."""
        if self._held:
            data = self._held + data
            self._held = b""
        pieces: list[bytes] = []
        position = 0
        while not self.finished:
            if self._left:
                piece = data[position : position + self._left]
                if not piece:
                    break
                pieces.append(piece)
                position += len(piece)
                self._left -= len(piece)
                continue
            end = data.find(b"\n", position)
            if end < 0:
                self._hold(data[position:])
                break
            self._read_line(data[position:end].removesuffix(b"\r"))
            position = end + 1
        else:
            self.surplus = data[position:]
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _hold(self, line: bytes) -> None:
        if len(line) > _LINE_LIMIT:
            raise NotHttp("a chunk size or trailer without end")
        self._held = line

    def _read_line(self, line: bytes) -> None:
        if self._due == _SIZE:
            self._left = _chunk_size(line)
            self._due = _CHUNK_END if self._left else _TRAILER
        elif self._due == _TRAILER:
            self.finished = not line
        elif line:
            raise NotHttp("a chunk longer than its size")
        else:
            self._due = _SIZE


def _chunk_size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not digits or len(digits) > _DIGITS_LIMIT or digits.strip(_HEXADECIMAL):
        raise NotHttp("a chunk without a size")
    return int(digits, 16)
