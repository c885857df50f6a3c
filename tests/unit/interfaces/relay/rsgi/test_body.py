"""Bodies come whole or not at all, and never longer than allowed."""

import pytest
from tests.fakes.rsgi import FakeProtocol

from turnout.interfaces.relay.rsgi.body import BodyTooLarge, CallerLeft, read_body


async def test_an_announced_body_is_read_whole() -> None:
    protocol = FakeProtocol(b"ab", b"cd")
    assert await read_body({"content-length": "4"}, protocol, 4) == b"abcd"


async def test_too_long_an_announcement_is_refused_unread() -> None:
    protocol = FakeProtocol(b"abcde")
    with pytest.raises(BodyTooLarge) as refused:
        await read_body({"content-length": "5"}, protocol, 4)
    assert refused.value.limit_bytes == 4
    assert protocol.read == []


async def test_an_unannounced_body_is_read_no_further_than_the_limit() -> None:
    protocol = FakeProtocol(b"abc", b"de", b"never")
    with pytest.raises(BodyTooLarge):
        await read_body({"transfer-encoding": "chunked"}, protocol, 4)
    assert protocol.read == [b"abc", b"de"]


async def test_an_unannounced_body_within_the_limit_is_joined() -> None:
    assert await read_body({}, FakeProtocol(b"ab", b"", b"cd"), 4) == b"abcd"


async def test_a_caller_who_leaves_while_sending_is_told_from_an_empty_body() -> None:
    with pytest.raises(CallerLeft):
        await read_body({"content-length": "4"}, FakeProtocol(closed=True), 4)
    assert await read_body({}, FakeProtocol(), 4) == b""
