import h11
import pytest

from turnout.interfaces.simulator.http_request import Request, RequestReader, read_at_once

HEAD = b"POST /v1/x?alt=sse&n=%201 HTTP/1.1\r\nHost: a\r\nX-Key: \tk \r\nContent-Length: 3\r\n\r\n"
WHOLE = HEAD + b"abc"


def test_a_usual_request_is_read_at_once_and_just_as_h11_reads_it() -> None:
    request = read_at_once(WHOLE)
    assert request is not None
    assert request == RequestReader().feed(WHOLE)
    assert (request.method, request.path, request.body) == ("POST", "/v1/x", b"abc")
    assert (request.header(b"x-key"), request.header(b"none")) == ("k", "")
    assert (request.parameter("alt"), request.parameter("n"), request.parameter("z")) == (
        "sse",
        " 1",
        "",
    )


@pytest.mark.parametrize(
    "data",
    [
        HEAD,
        WHOLE[:10],
        WHOLE + b"GET /",
        WHOLE.replace(b"HTTP/1.1", b"HTTP/1.0"),
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: +0\r\n\r\n",
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"\x16\x03\x01",
    ],
)
def test_all_else_is_left_to_h11(data: bytes) -> None:
    assert read_at_once(data) is None


def test_a_request_is_read_in_pieces_and_the_rest_is_kept() -> None:
    reader = RequestReader()
    chunked = b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert reader.feed(chunked[:9]) is None
    assert reader.feed(chunked[9:] + b"2\r\nab\r\n1\r\nc\r\n") is None
    request = reader.feed(b"0\r\n\r\nGET /next")
    assert request is not None
    assert (request.path, request.body, reader.rest) == ("/a", b"abc", b"GET /next")


def test_a_caller_who_waits_is_told_to_go_on() -> None:
    reader = RequestReader()
    head = b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"
    assert reader.feed(head) is None
    awaited = [reader.awaited]
    assert reader.go_on() == b"HTTP/1.1 100 Continue\r\n\r\n"
    awaited.append(reader.awaited)
    assert awaited == [True, False]
    request = reader.feed(b"x")
    assert request is not None
    assert request.body == b"x"


def test_what_is_no_request_is_an_error() -> None:
    with pytest.raises(h11.RemoteProtocolError):
        RequestReader().feed(b"\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n")


@pytest.mark.parametrize(
    ("version", "connection", "keeps"),
    [(b"1.1", b"", True), (b"1.1", b"Close", False), (b"1.0", b"keep-alive", False)],
)
def test_when_a_connection_is_used_again(version: bytes, connection: bytes, keeps: bool) -> None:
    request = Request("GET", "/", "", {b"connection": connection}, b"", version)
    assert request.keeps_alive is keeps
