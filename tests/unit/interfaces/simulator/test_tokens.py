from hypothesis import given, settings
from hypothesis.strategies import integers, text

from turnout.interfaces.simulator.tokens import digest, estimated_tokens, filler, pieces


@settings(deadline=None)
@given(text())
def test_pieces_join_to_the_text(value: str) -> None:
    assert "".join(pieces(value)) == value
    assert "" not in pieces(value)


@settings(deadline=None)
@given(integers(0, 200), text(max_size=20))
def test_filler_has_one_token_per_word(count: int, salt: str) -> None:
    words = filler(count, salt)
    assert len(words) == count
    assert pieces("".join(words)) == words


def test_digests_tell_texts_apart() -> None:
    assert digest("a") == digest("a") != digest("b")
    assert len(digest("\ud800")) == 8


def test_four_characters_are_about_a_token() -> None:
    assert [estimated_tokens(length) for length in (0, 1, 4, 5)] == [0, 1, 1, 2]
