from itertools import islice

from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.system import FrozenClock

from turnout.infrastructure.persistence.batch_numbers import batch_numbers, first_number_at

STORABLE = 2**63
"""What a BIGINT holds less than."""


@given(st.lists(st.floats(-10.0, 10.0), max_size=30), st.integers(1, 600))
def test_numbers_grow_whatever_the_clock_does(moves: list[float], burst: int) -> None:
    clock = FrozenClock()
    numbers = batch_numbers(clock)
    given = list(islice(numbers, burst))
    for seconds in moves:
        clock.move(seconds)
        given.append(next(numbers))
    assert given == sorted(set(given))
    assert given[-1] < STORABLE


def test_a_number_tells_its_moment() -> None:
    clock = FrozenClock()
    number = next(batch_numbers(clock))
    assert first_number_at(clock.epoch) <= number < first_number_at(clock.epoch + 0.001)


def test_two_workers_of_one_moment_have_numbers_of_their_own() -> None:
    clock = FrozenClock()
    assert len({next(batch_numbers(clock)) >> 8 for _ in range(20)}) > 1
