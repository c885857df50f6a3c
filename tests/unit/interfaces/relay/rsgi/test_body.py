"""Bodies come whole or not at all, and never longer than allowed."""

import pytest
from tests.fakes.rsgi import FakeProtocol

from turnout.interfaces.relay.rsgi.body import PATIENCE, BodyCut, BodyTooLarge, read_body


async def test_an_announced_body_is_read_whole() -> None:
    protocol = FakeProtocol(b"ab", b"cd")
    assert await read_body({"content-length": "4"}, protocol, 4) == b"abcd"


async def test_too_long_a_body_is_heard_out_and_refused() -> None:
    protocol = FakeProtocol(b"abc", b"de")
    with pytest.raises(BodyTooLarge) as refused:
        await read_body({"content-length": "5"}, protocol, 4)
    assert refused.value.limit_bytes == 4
    assert protocol.read == [b"abc", b"de"]


@pytest.mark.parametrize(
    "headers",
    [
        {"content-length": str(4 * PATIENCE + 1)},
        {"content-length": "5", "expect": "100-continue"},
        {"content-length": "9" * 100},
    ],
)
async def test_far_too_long_a_body_or_one_not_yet_sent_is_refused_unread(
    headers: dict[str, str],
) -> None:
    protocol = FakeProtocol(b"abcde")
    with pytest.raises(BodyTooLarge):
        await read_body(headers, protocol, 4)
    assert protocol.read == []


async def test_an_unannounced_body_is_heard_out_only_so_far() -> None:
    protocol = FakeProtocol(*[b"abcd"] * PATIENCE, b"e", b"never")
    with pytest.raises(BodyTooLarge):
        await read_body({"transfer-encoding": "chunked"}, protocol, 4)
    assert protocol.read[-1] == b"e"


async def test_an_unannounced_body_within_the_limit_is_joined() -> None:
    assert await read_body({}, FakeProtocol(b"ab", b"", b"cd"), 4) == b"abcd"


async def test_a_body_that_is_cut_is_told_from_an_empty_one() -> None:
    with pytest.raises(BodyCut):
        await read_body({"content-length": "4"}, FakeProtocol(closed=True), 4)
    assert await read_body({}, FakeProtocol(), 4) == b""
