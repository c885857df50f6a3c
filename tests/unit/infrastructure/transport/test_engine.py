"""What the engines share: nothing secret is shown, and encoded bodies are refused."""

from collections.abc import Iterator

import pytest

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.infrastructure.transport.engine import (
    HttpReply,
    HttpRequest,
    read_up_to,
    refuse_encoded_body,
    reply_too_long,
)


class PiecewiseStream:
    """An HttpStream over given pieces."""

    status = 200

    def __init__(self, *pieces: bytes) -> None:
        self.headers: dict[str, str] = {}
        self._pieces: Iterator[bytes] = iter(pieces)

    async def read_chunk(self) -> bytes | None:
        return next(self._pieces, None)

    async def read_all(self, limit: int) -> bytes:
        return await read_up_to(self, limit)


def test_a_request_shows_only_its_method() -> None:
    request = HttpRequest("POST", "http://h/?key=secret", (("x-key", "secret"),), b"secret")
    assert repr(request) == "HttpRequest(method='POST')"


def test_a_reply_shows_only_its_status() -> None:
    assert repr(HttpReply(200, {"x": "secret"}, b"secret")) == "HttpReply(status=200)"


@pytest.mark.parametrize(
    "headers", [{}, {"content-encoding": ""}, {"content-encoding": "Identity"}]
)
def test_a_plain_body_is_fine(headers: dict[str, str]) -> None:
    refuse_encoded_body("host", headers)


def test_an_encoded_body_is_refused() -> None:
    with pytest.raises(ProviderFailure, match="host sent a body encoded as 'br'") as caught:
        refuse_encoded_body("host", {"content-encoding": "br"})
    assert caught.value.kind is FailureKind.MALFORMED


def test_a_reply_too_long_is_malformed() -> None:
    failure = reply_too_long("host", 10)
    assert failure.kind is FailureKind.MALFORMED
    assert failure.message == "host sent a reply of more than 10 bytes"


@pytest.mark.parametrize(("limit", "read"), [(0, b""), (3, b"abc"), (4, b"abcd"), (99, b"abcdef")])
async def test_reading_up_to_a_limit(limit: int, read: bytes) -> None:
    assert await read_up_to(PiecewiseStream(b"abc", b"def"), limit) == read


async def test_no_more_is_read_than_needed() -> None:
    stream = PiecewiseStream(b"abc", b"def")
    assert await read_up_to(stream, 3) == b"abc"
    assert await stream.read_chunk() == b"def"
