"""HTTP/1.1 as bytes: what is written, what is read, and what is refused."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.infrastructure.transport.http1_wire import (
    Body,
    ChunkedBody,
    EndlessBody,
    NotHttp,
    Origin,
    ReplyHead,
    SizedBody,
    body_of,
    question,
)


def head(*lines: bytes) -> ReplyHead:
    return ReplyHead(b"\r\n".join((b"HTTP/1.1 200 OK", *lines)))


def ended(body: Body) -> bool:
    return body.finished


def fed(body: Body, *pieces: bytes) -> list[bytes]:
    return [body.feed(piece) for piece in pieces]


@pytest.mark.parametrize(
    ("url", "origin", "first_lines"),
    [
        ("http://h", (False, "h", 80), b"POST / HTTP/1.1\r\nhost: h\r\n"),
        ("https://H.ex/v1?a=1#x", (True, "h.ex", 443), b"POST /v1?a=1 HTTP/1.1\r\nhost: h.ex"),
        ("https://h:8443/", (True, "h", 8443), b"POST / HTTP/1.1\r\nhost: h:8443\r\n"),
        ("http://[::1]:80/x", (False, "::1", 80), b"POST /x HTTP/1.1\r\nhost: [::1]:80\r\n"),
        ("http://user:pass@h/", (False, "h", 80), b"POST / HTTP/1.1\r\nhost: h\r\n"),
    ],
)  # fmt: skip
def test_where_a_question_goes(url: str, origin: tuple[bool, str, int], first_lines: bytes) -> None:
    asked = question("POST", url, ())
    assert asked.origin == Origin(*origin)
    assert asked.head.startswith(first_lines)
    assert asked.head.endswith(
        b"accept-encoding: identity\r\nuser-agent: turnout\r\ncontent-length: "
    )


def test_headers_go_out_in_order_and_as_utf_8() -> None:
    asked = question("GET", "http://h", (("X-One", "é"), ("x-two", ""), ("User-Agent", "u")))
    assert b"X-One: \xc3\xa9\r\nx-two: \r\nUser-Agent: u\r\ncontent-length: " in asked.head


def test_equal_requests_share_a_head() -> None:
    headers = (("x", "1"),)
    assert question("GET", "http://h/a", headers) is question("GET", "http://h/a", headers)


@pytest.mark.parametrize("value", ["s3cret\n", "s3cret\r\nx: y", "s3cret\x00", "s3cret\x1b"])
def test_a_value_with_control_characters_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(NotHttp, match="header 'x-key' holds a line break or control") as caught:
        question("GET", "http://h", (("x-key", value),))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "x y", "x:y", "x\r\ny", "é"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(NotHttp, match="is not the name of a header"):
        question("GET", "http://h", ((name, "1"),))


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding", "connection"])
def test_a_header_that_follows_from_the_request_is_refused(name: str) -> None:
    with pytest.raises(NotHttp, match="cannot be set"):
        question("GET", "http://h", ((name, "1"),))


@pytest.mark.parametrize("url", ["", "h", "/v1", "ws://h", "http://", "http://[::1", "http://h:x/"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(NotHttp, match="the provider's address is not"):
        question("GET", url, ())


@pytest.mark.parametrize("url", ["http://h/a b", "http://h/\x7f", "http://h/é", "http://h/?q=\x00"])
def test_an_address_with_odd_characters_is_refused(url: str) -> None:
    with pytest.raises(NotHttp, match="must be percent-encoded"):
        question("GET", url, ())


def test_headers_of_a_reply() -> None:
    reply = head(b"Content-Type:  text/plain \t", b"X-A: 1", b"x-a: 2", b"x-odd: \xe9", b"x-empty:")
    assert reply.status == 200
    assert reply.get("content-type") == reply.get("CONTENT-TYPE") == "text/plain"
    assert reply.get("x-a") == "1"
    assert reply.get("x-odd") == "é"
    assert reply.get("x-empty") == ""
    assert reply.get("a") is None
    assert reply.get("text/plain") is None


@pytest.mark.parametrize(
    ("version", "connection", "kept"),
    [
        (b"HTTP/1.1", b"", True),
        (b"HTTP/1.1", b"Keep-Alive", True),
        (b"HTTP/1.1", b"Close", False),
        (b"HTTP/1.0", b"", False),
        (b"HTTP/1.0", b"keep-alive", True),
    ],
)
def test_whether_a_connection_is_kept(version: bytes, connection: bytes, kept: bool) -> None:
    reply = ReplyHead(version + b" 200 OK\r\nconnection: " + connection)
    assert reply.keeps_alive is kept


@pytest.mark.parametrize(
    ("value", "seconds"), [(b"timeout=5, max=100", 5), (b"max=9,Timeout=60", 60), (b"max=1", None)]
)
def test_how_long_a_connection_is_kept(value: bytes, seconds: int | None) -> None:
    assert head(b"Keep-Alive: " + value).keep_alive_seconds == seconds
    assert head().keep_alive_seconds is None


@pytest.mark.parametrize(
    "start", [b"", b"HTTP", b"HTTP/2 200", b"HTTP/1.1 OK", b"HTTP/1.1  200", b"HTTP/1.1 20", b"SSH"]
)  # fmt: skip
def test_what_does_not_begin_like_a_reply(start: bytes) -> None:
    with pytest.raises(NotHttp, match="does not begin like HTTP"):
        ReplyHead(start)


@pytest.mark.parametrize(
    ("method", "reply", "kind", "finished"),
    [
        ("POST", head(b"content-length: 5"), SizedBody, False),
        ("POST", head(b"Content-Length: 0"), SizedBody, True),
        ("HEAD", head(b"content-length: 5"), SizedBody, True),
        ("POST", ReplyHead(b"HTTP/1.1 204 No"), SizedBody, True),
        ("POST", ReplyHead(b"HTTP/1.1 304 No\r\ntransfer-encoding: chunked"), SizedBody, True),
        ("POST", head(b"Transfer-Encoding: Chunked"), ChunkedBody, False),
        ("POST", head(b"transfer-encoding: chunked", b"content-length: 5"), ChunkedBody, False),
        ("POST", head(), EndlessBody, False),
    ],
)
def test_how_a_body_is_framed(
    method: str, reply: ReplyHead, kind: type[Body], finished: bool
) -> None:
    body = body_of(method, reply)
    assert type(body) is kind
    assert body.finished is finished


@pytest.mark.parametrize(
    "lines",
    [
        (b"content-length: 5", b"content-length: 6"),
        (b"content-length: 5, 5",),
        (b"content-length: -5",),
        (b"content-length: +5",),
        (b"content-length: 0x5",),
        (b"content-length: \xb2",),
        (b"content-length: " + b"9" * 5000,),
        (b"transfer-encoding: gzip, chunked",),
        (b"transfer-encoding: chunked", b"transfer-encoding: identity"),
    ],
)
def test_a_framing_that_could_mean_two_things_is_refused(lines: tuple[bytes, ...]) -> None:
    with pytest.raises(NotHttp):
        body_of("POST", head(*lines))


def test_a_body_of_known_size() -> None:
    body = SizedBody(5)
    assert fed(body, b"abc") == [b"abc"]
    assert not ended(body)
    assert fed(body, b"defg") == [b"de"]
    assert ended(body)
    assert body.surplus == b"fg"


def test_a_body_without_end() -> None:
    body = EndlessBody()
    assert fed(body, b"abc", b"def") == [b"abc", b"def"]
    assert not ended(body)
    assert body.ends_with_connection


def test_chunks() -> None:
    body = ChunkedBody()
    assert fed(body, b"3\r\nabc\r\n", b"4\r\nde", b"fg\r\n2;x=y\r\nhi") == [b"abc", b"de", b"fghi"]
    assert fed(body, b"\r\n0\r\n", b"trailer: 1\r\n") == [b"", b""]
    assert not ended(body)
    assert fed(body, b"\r\nHTTP/1.1") == [b""]
    assert ended(body)
    assert body.surplus == b"HTTP/1.1"


def test_chunks_whose_lines_end_in_line_feeds() -> None:
    body = ChunkedBody()
    assert fed(body, b"A\n0123456789\n0\n\n") == [b"0123456789"]
    assert ended(body)


@pytest.mark.parametrize(
    "text",
    [
        b"\r\n",
        b"x\r\n",
        b"0x3\r\nabc",
        b"-3\r\nabc",
        b"1_0\r\n",
        b"3 3\r\n",
        b"1234567890abcdef\r\n",
        b"3\r\nabcd\r\n",
        b"3\r\nabc3\r\n",
        b"1" * 10_000,
        b"0\r\n" + b"x" * 10_000,
    ],
)
def test_chunks_that_are_none_are_refused(text: bytes) -> None:
    with pytest.raises(NotHttp):
        fed(ChunkedBody(), text)


@given(
    st.lists(st.binary(min_size=1, max_size=40), max_size=8),
    st.binary(max_size=5),
    st.lists(st.integers(0, 10_000), max_size=12),
)
def test_chunks_may_come_in_any_pieces(
    chunks: list[bytes], surplus: bytes, places: list[int]
) -> None:
    framed = [b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks]
    text = b"".join(framed) + b"0\r\n\r\n"
    edges = [0, *sorted(place % len(text) for place in places), len(text)]
    pieces = [text[start:end] for start, end in pairwise(edges)]
    pieces[-1] += surplus
    body = ChunkedBody()
    assert b"".join(fed(body, *pieces)) == b"".join(chunks)
    assert ended(body)
    assert body.surplus == surplus
