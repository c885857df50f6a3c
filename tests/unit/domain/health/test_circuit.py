from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.health.circuit import (
    Circuit,
    Closed,
    HalfOpen,
    Open,
    after_failure,
    after_success,
)

LIMITS = CircuitLimits(strikes_to_open=3, open_seconds=10, open_seconds_cap=60)


def test_enough_strikes_in_a_row_open() -> None:
    circuit: Circuit = Closed()
    for _ in range(2):
        circuit = after_failure(circuit, 100, LIMITS)
    assert circuit == Closed(2)
    assert after_failure(circuit, 100, LIMITS) == Open(110)


def test_a_success_forgives() -> None:
    assert after_success(Closed(2)) == after_success(HalfOpen(3)) == Closed(0)


def test_a_failed_probe_opens_for_twice_as_long() -> None:
    assert after_failure(HalfOpen(1), 100, LIMITS) == Open(120, 2)
    assert after_failure(HalfOpen(2), 100, LIMITS) == Open(140, 3)


def test_late_failures_do_not_prolong_an_opening() -> None:
    assert after_failure(Open(110), 105, LIMITS) == Open(110)


@given(st.integers(1, 10_000))
def test_no_wait_is_longer_than_the_cap(openings: int) -> None:
    assert 10 <= LIMITS.wait_seconds(openings) <= 60
