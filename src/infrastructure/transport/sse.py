"""Cuts a stream of server-sent events into events, byte for byte.

Source: WHATWG HTML, "Server-sent events": a line ends in LF, CRLF or CR, an event in an empty line.
"""

import re

from turnout.domain.inference.failure import FailureKind, ProviderFailure

LIMIT_BYTES = 8 * 1024 * 1024
"""An event longer than this is no event: the stream is MALFORMED."""

_END = re.compile(rb"(?>\r\n|\n|\r)(?>\r\n|\n|\r(?!\Z))")
"""The end of a line and an empty line. A CR at the end of what has come may be half a CRLF."""
_LONGEST_END = 4
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class EventSplitter:
    """Gives back what it is fed, cut behind each event's empty line.

    The blocks and `end()` together are the bytes that came, but for a byte order mark at the start.
    An event is given as soon as its last byte is there; only where lines end in lone CRs, which
    nobody is known to send, it takes one byte more to know.
    """

    __slots__ = ("_begun", "_rest", "_rest_size", "_tail")

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._rest_size = 0
        self._tail = b""
        self._begun = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next bytes; return the events that are whole now.

        Raises ProviderFailure MALFORMED when an event grows beyond all bounds.
        """
        # The usual case, and the cheap one: one whole event, its lines ending in LF.
        usual = self._begun and not self._rest and b"\r" not in chunk
        if usual and chunk.find(b"\n\n") == len(chunk) - 2 >= 0:
            return [chunk]
        # Only the last bytes of what is left over can be part of an end that is whole now.
        if self._begun and not _may_end_in(self._tail + chunk):
            self._keep(chunk)
            return []
        return self._cut(chunk)

    def end(self) -> list[bytes]:
        """Return what came after the last empty line: perhaps an event that nobody closed."""
        rest = self._take_rest()
        return [rest] if rest.strip(b"\r\n") else []

    def _cut(self, chunk: bytes) -> list[bytes]:
        rest = self._take_rest()
        start = max(0, len(rest) - _LONGEST_END + 1)
        text = rest + chunk
        if not self._begun and len(text) >= len(_BYTE_ORDER_MARK):
            text = text.removeprefix(_BYTE_ORDER_MARK)
            self._begun, start = True, 0
        blocks, left = _blocks_of(text, start)
        self._keep(left)
        return blocks

    def _keep(self, piece: bytes) -> None:
        """Keep the piece behind what is left over; joined only once an event ends, however long."""
        if not piece:
            return
        self._rest.append(piece)
        self._rest_size += len(piece)
        self._tail = (self._tail + piece[1 - _LONGEST_END :])[1 - _LONGEST_END :]
        if self._rest_size > LIMIT_BYTES:
            raise ProviderFailure(
                FailureKind.MALFORMED, f"an event of the stream is longer than {LIMIT_BYTES} bytes"
            )

    def _take_rest(self) -> bytes:
        rest = b"".join(self._rest)
        self._rest, self._rest_size, self._tail = [], 0, b""
        return rest


def _may_end_in(text: bytes) -> bool:
    return b"\n\n" in text or b"\r" in text


def _blocks_of(text: bytes, start: int) -> tuple[list[bytes], bytes]:
    """Cut at every end from `start` on; return the blocks and what is left."""
    end = _only_end_in(text)
    blocks: list[bytes] = []
    begin = 0
    if end:
        size = len(end)
        while (found := text.find(end, max(begin, start))) >= 0:
            blocks.append(text[begin : found + size])
            begin = found + size
    else:
        while match := _END.search(text, max(begin, start)):
            blocks.append(text[begin : match.end()])
            begin = match.end()
    return blocks, text[begin:]


def _only_end_in(text: bytes) -> bytes | None:
    """Return how events end in a text whose lines all end alike: a find is faster than a search."""
    returns = text.count(b"\r")
    if not returns:
        return b"\n\n"
    if returns == text.count(b"\n") == text.count(b"\r\n"):
        return b"\r\n\r\n"
    return None
