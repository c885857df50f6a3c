from hypothesis import given
from hypothesis.strategies import integers

from turnout.domain.inference.usage import TokenUsage

TOKENS = integers(min_value=0, max_value=10**9)


@given(TOKENS, TOKENS, TOKENS, TOKENS)
def test_parts_are_not_counted_twice(sent: int, made: int, cached: int, reasoned: int) -> None:
    usage = TokenUsage(sent, made, cached_input_tokens=cached, reasoning_tokens=reasoned)
    assert usage.total_tokens == sent + made


@given(TOKENS, TOKENS, TOKENS, TOKENS)
def test_what_two_replies_used_together(sent: int, made: int, cached: int, audio: int) -> None:
    first = TokenUsage(sent, made, cached_input_tokens=cached)
    second = TokenUsage(made, cached, audio_output_tokens=audio)
    assert first + second == TokenUsage(
        sent + made, made + cached, cached_input_tokens=cached, audio_output_tokens=audio
    )
