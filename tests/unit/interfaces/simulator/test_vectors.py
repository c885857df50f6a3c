from array import array
from base64 import b64decode

import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, text

from turnout.interfaces.simulator.vectors import packed, vector_of


@settings(deadline=None)
@given(text(), integers(1, 64))
def test_vectors_have_length_one(value: str, dimensions: int) -> None:
    vector = vector_of(value, dimensions)
    assert len(vector) == dimensions
    assert sum(number * number for number in vector) == pytest.approx(1)


def test_the_same_text_has_the_same_vector() -> None:
    assert vector_of("a", 8) == vector_of("a", 8) != vector_of("b", 8)


def test_packed_vectors_are_32_bit_floats() -> None:
    vector = vector_of("a", 8)
    assert array("f", b64decode(packed(vector))).tolist() == pytest.approx(vector)
