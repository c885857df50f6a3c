from hypothesis import given
from hypothesis.strategies import integers

from turnout.domain.inference.usage import TokenUsage

TOKENS = integers(min_value=0, max_value=10**9)


@given(TOKENS, TOKENS, TOKENS, TOKENS)
def test_parts_are_not_counted_twice(sent: int, made: int, cached: int, reasoned: int) -> None:
    usage = TokenUsage(sent, made, cached_input_tokens=cached, reasoning_tokens=reasoned)
    assert usage.total_tokens == sent + made
