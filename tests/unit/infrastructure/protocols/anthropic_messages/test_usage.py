import msgspec

from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.protocols.anthropic_messages.usage import WireUsage, read_usage


def test_input_counts_what_was_read_from_and_written_to_the_cache() -> None:
    raw = msgspec.Raw(
        b'{"input_tokens": 10, "output_tokens": 7, "cache_read_input_tokens": 100,'
        b'"cache_creation_input_tokens": 1000, "output_tokens_details": {"thinking_tokens": 5}}'
    )
    usage = read_usage(raw)
    assert usage is not None
    assert usage.canonical() == TokenUsage(1110, 7, 100, 1000, 5)


def test_later_counts_replace_earlier_ones_and_the_rest_stays() -> None:
    start = WireUsage(input_tokens=10, output_tokens=1, cache_read_input_tokens=3)
    assert start.updated(WireUsage(output_tokens=9)).canonical() == TokenUsage(13, 9, 3)
    assert start.updated(WireUsage(input_tokens=0)).canonical() == TokenUsage(3, 1, 3)


def test_what_is_no_usage_is_none() -> None:
    assert [
        read_usage(msgspec.Raw(raw)) for raw in (b"", b"null", b"[]", b'{"input_tokens":"x"}')
    ] == [None] * 4
