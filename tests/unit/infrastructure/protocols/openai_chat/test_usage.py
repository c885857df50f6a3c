import json

import pytest

from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.protocols.openai_chat.usage import read_usage


def usage(**fields: object) -> TokenUsage | None:
    return read_usage(json.dumps(fields).encode())


def test_parts_are_read_from_the_details() -> None:
    found = usage(
        prompt_tokens=100,
        completion_tokens=50,
        total_tokens=150,
        prompt_tokens_details={"cached_tokens": 60, "cache_write_tokens": 10, "audio_tokens": 5},
        completion_tokens_details={"reasoning_tokens": 30, "audio_tokens": 2},
    )
    assert found == TokenUsage(100, 50, 60, 10, 30, 5, 2)


def test_reasoning_that_only_the_total_counts_is_output() -> None:
    """As xAI reports it."""
    found = usage(
        prompt_tokens=165,
        completion_tokens=2,
        total_tokens=292,
        completion_tokens_details={"reasoning_tokens": 125},
    )
    assert found == TokenUsage(165, 127, reasoning_tokens=125)


def test_audio_that_only_the_total_counts_is_input() -> None:
    """As Mistral reports it."""
    found = usage(
        prompt_tokens=9,
        completion_tokens=248,
        total_tokens=632,
        prompt_tokens_details={"audio_tokens": 375},
    )
    assert found == TokenUsage(384, 248, audio_input_tokens=375)


@pytest.mark.parametrize("name", ["prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens"])
def test_cached_tokens_are_found_where_vendors_put_them(name: str) -> None:
    assert usage(prompt_tokens=9, completion_tokens=1, **{name: 4}) == TokenUsage(9, 1, 4)


def test_parts_never_exceed_the_whole() -> None:
    found = usage(prompt_tokens=5, completion_tokens=9, cached_tokens=8, reasoning_tokens=69)
    assert found == TokenUsage(5, 9, 5, reasoning_tokens=9)


def test_embeddings_have_no_completion() -> None:
    assert usage(prompt_tokens=7, total_tokens=7) == TokenUsage(7, 0)


@pytest.mark.parametrize("raw", [b"", b"null", b"{}", b'"none"', b'{"prompt_tokens":"many"}', b"["])
def test_what_is_no_usage_is_none(raw: bytes) -> None:
    assert read_usage(raw) is None
