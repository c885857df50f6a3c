import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.shared.sketch import FIRST_PLACE, LAST_PLACE, Sketch
from turnout.infrastructure.persistence.sketch_bytes import (
    SketchSum,
    decode_sketch,
    encode_sketch,
)

PLACES = st.integers(FIRST_PLACE, LAST_PLACE) | st.integers(0, 60)
SKETCHES = st.dictionaries(PLACES, st.integers(1, 2**32), max_size=80).map(Sketch)


@given(SKETCHES)
def test_what_is_written_is_read(sketch: Sketch) -> None:
    assert decode_sketch(encode_sketch(sketch)).counts == sketch.counts


@given(st.lists(SKETCHES, max_size=8))
def test_a_sum_is_what_sketches_merged_one_by_one_are(sketches: list[Sketch]) -> None:
    together, whole = SketchSum(), Sketch()
    for sketch in sketches:
        together.add(encode_sketch(sketch))
        whole.merge(sketch)
    assert together.sketch().counts == whole.counts


@pytest.mark.parametrize("size, is_dense", [(0, False), (15, False), (16, True), (200, True)])
def test_many_values_are_written_as_lanes(size: int, is_dense: bool) -> None:
    written = encode_sketch(Sketch(dict.fromkeys(range(size), 7)))
    assert written.startswith(b"\x01") is is_dense


def test_a_few_far_apart_take_no_room_for_what_is_between() -> None:
    written = encode_sketch(Sketch({place * 50: 1 for place in range(20)}))
    assert len(written) < 100
