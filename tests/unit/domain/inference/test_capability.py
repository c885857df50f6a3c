import pytest

from turnout.domain.inference.capability import OUTPUT_GUESS_TOKENS, Capability, Requirement

CHAT = frozenset({Capability.CHAT})


@pytest.mark.parametrize(
    "tokens, text_bytes, likely", [(0, 0, 0), (0, 1, 1), (0, 8, 2), (0, 9, 3), (5, 8, 5)]
)
def test_a_prompt_is_taken_to_be_rather_long(tokens: int, text_bytes: int, likely: int) -> None:
    needs = Requirement(CHAT, input_tokens=tokens, text_bytes=text_bytes)
    assert needs.likely_input_tokens == likely


def test_an_answer_is_as_long_as_the_caller_allows_or_a_guess() -> None:
    assert Requirement(CHAT, output_tokens=7).likely_output_tokens == 7
    assert Requirement(CHAT).likely_output_tokens == OUTPUT_GUESS_TOKENS


def test_the_length_in_bytes_makes_no_other_requirement() -> None:
    assert Requirement(CHAT, text_bytes=1) == Requirement(CHAT, text_bytes=2)
