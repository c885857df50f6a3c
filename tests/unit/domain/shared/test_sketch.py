from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.shared.sketch import LEAST, MOST, RELATIVE_ERROR, Sketch

VALUES = st.lists(st.floats(LEAST, MOST), min_size=1, max_size=50)
SHARES = st.floats(0.0, 1.0)
CLOSE = RELATIVE_ERROR * 1.0001
"""Floating point has its own say at the very edge of a bucket."""


def sketch_of(values: list[float]) -> Sketch:
    sketch = Sketch()
    for value in values:
        sketch.add(value)
    return sketch


@given(VALUES, SHARES)
def test_a_percentile_is_within_the_stated_error(values: list[float], share: float) -> None:
    true = sorted(values)[max(1, ceil(len(values) * share)) - 1]
    assert sketch_of(values).percentile(share) == pytest.approx(true, rel=CLOSE)


@given(VALUES, VALUES)
def test_two_sketches_together_are_the_sketch_of_all(one: list[float], two: list[float]) -> None:
    merged = sketch_of(one)
    merged.merge(sketch_of(two))
    assert merged.counts == sketch_of(one + two).counts
    assert merged.count == len(one) + len(two)


@given(VALUES)
def test_counts_are_all_there_is_to_keep(values: list[float]) -> None:
    sketch = sketch_of(values)
    assert Sketch(sketch.counts).percentile(0.5) == sketch.percentile(0.5)


def test_nothing_has_no_percentile() -> None:
    assert Sketch().percentile(0.5) is None


@pytest.mark.parametrize("value, counted_as", [(0.0, LEAST), (-1.0, LEAST), (1e300, MOST)])
def test_values_beyond_the_bounds_count_as_those(value: float, counted_as: float) -> None:
    assert sketch_of([value]).percentile(1.0) == pytest.approx(counted_as, rel=2 * CLOSE)
