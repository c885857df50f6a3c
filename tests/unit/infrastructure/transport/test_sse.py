"""Cutting server-sent events, against a slow and simple reading of the specification."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.infrastructure.transport.sse import LIMIT_BYTES, EventSplitter

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def lines_of(text: bytes) -> list[bytes]:
    """Lines by the specification; the last one is what no line end follows."""
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


def events_of(stream: bytes) -> list[list[bytes]]:
    """The lines of each event that an empty line closes, and of the rest; empty ones left out."""
    events: list[list[bytes]] = [[]]
    for line in lines_of(stream.removeprefix(BYTE_ORDER_MARK)):
        if line:
            events[-1].append(line)
        else:
            events.append([])
    return [event for event in events if event]


def cut(pieces: list[bytes]) -> list[bytes]:
    splitter = EventSplitter()
    blocks = [block for piece in pieces for block in splitter.feed(piece)]
    return blocks + splitter.end()


def split_at(text: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


FIELDS = [b"data: x", b"data:", b"event: delta", b": ping", b"id: 1", b"data: \xc3\xa9"]
LINE_ENDS = [b"\n", b"\r\n", b"\r", b"\n\n", b"\r\n\r\n", b"\r\r"]
pieces_of_streams = st.lists(st.sampled_from(FIELDS + LINE_ENDS), max_size=30).map(b"".join)


@given(pieces_of_streams | st.binary(max_size=60), st.lists(st.integers(0, 10_000), max_size=8))
@example(b"data: a\r\n\r\ndata: b\r\n\r\n", [8, 10])
@example(b"data: a\r\r\n\rdata: b\n\n", [9])
@example(BYTE_ORDER_MARK + b"data: a\n\n", [1, 2])
@example(b"\t", [])
def test_any_split_gives_the_events_of_the_specification(stream: bytes, places: list[int]) -> None:
    blocks = cut(split_at(stream, places))
    assert [lines for block in blocks for lines in events_of(block)] == events_of(stream)


@given(pieces_of_streams, st.lists(st.integers(0, 10_000), max_size=8))
def test_no_byte_is_lost_or_made_up(stream: bytes, places: list[int]) -> None:
    splitter = EventSplitter()
    blocks = [block for piece in split_at(stream, places) for block in splitter.feed(piece)]
    text = b"".join(blocks + splitter.end())
    assert stream.removeprefix(BYTE_ORDER_MARK).rstrip(b"\r\n") == text.rstrip(b"\r\n")
    assert all(block for block in blocks)


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\n\r\n", b"\r\n\n"])
def test_an_event_is_given_as_soon_as_it_is_whole(end: bytes) -> None:
    splitter = EventSplitter()
    for number in range(3):
        event = b"event: delta\ndata: %d" % number + end
        for place in range(len(event) - 1):
            assert splitter.feed(event[place : place + 1]) == []
        assert splitter.feed(event[-1:]) == [event]
    assert splitter.end() == []


def test_with_lone_carriage_returns_it_takes_a_byte_more() -> None:
    splitter = EventSplitter()
    assert splitter.feed(b"data: 1\r\r") == []
    assert splitter.feed(b"data: 2\r\r") == [b"data: 1\r\r"]
    assert splitter.end() == [b"data: 2\r\r"]


def test_several_events_in_one_chunk() -> None:
    splitter = EventSplitter()
    assert splitter.feed(b"data: 1\n\ndata: 2\n\ndata: 3") == [b"data: 1\n\n", b"data: 2\n\n"]
    assert splitter.feed(b"\n\n: ping\n\n") == [b"data: 3\n\n", b": ping\n\n"]
    assert splitter.feed(b"data: 4\r\n\r\ndata: 5\r\n\r\n") == [
        b"data: 4\r\n\r\n",
        b"data: 5\r\n\r\n",
    ]


def test_what_nobody_closed_is_there_at_the_end() -> None:
    splitter = EventSplitter()
    assert splitter.feed(b"data: 1\n\ndata: [DONE]\n") == [b"data: 1\n\n"]
    assert splitter.end() == [b"data: [DONE]\n"]
    assert splitter.end() == []


def test_an_event_without_end_is_malformed() -> None:
    splitter = EventSplitter()
    megabyte = b"x" * (1 << 20)
    with pytest.raises(ProviderFailure) as caught:
        for _ in range(LIMIT_BYTES // len(megabyte) + 1):
            splitter.feed(megabyte)
    assert caught.value.kind is FailureKind.MALFORMED
    assert str(LIMIT_BYTES) in caught.value.message


def test_an_event_that_comes_in_many_pieces_is_put_together_once() -> None:
    pieces = [b"data: ", *[b"x" * 50] * 20, b"\n", b"\ndata: y\n\n"]
    splitter = EventSplitter()
    blocks = [splitter.feed(piece) for piece in pieces]
    assert blocks[:-1] == [[]] * (len(pieces) - 1)
    assert blocks[-1] == [b"data: " + b"x" * 1000 + b"\n\n", b"data: y\n\n"]
    assert splitter.end() == []
