import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.shared.errors import DomainError


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"strikes_to_open": 0}, "circuit.too_small"),
        ({"least_calls": 0}, "circuit.too_small"),
        ({"error_rate_to_open": 0}, "circuit.not_a_share"),
        ({"slow_rate_to_open": 1.5}, "circuit.not_a_share"),
        ({"slow_seconds": 0}, "circuit.not_positive"),
        ({"window_seconds": -1}, "circuit.not_positive"),
        ({"open_seconds": 0}, "circuit.not_positive"),
        ({"open_seconds": 20, "open_seconds_cap": 10}, "circuit.cap"),
    ],
)
def test_limits_that_make_no_sense_are_refused_by_name(given: dict[str, float], code: str) -> None:
    with pytest.raises(DomainError, match=[*given][-1]) as caught:
        CircuitLimits(**given)  # type: ignore[arg-type]
    assert caught.value.code == code


@given(st.integers(1, 10_000))
def test_no_wait_is_longer_than_the_cap(openings: int) -> None:
    limits = CircuitLimits(open_seconds=10, open_seconds_cap=60)
    assert 10 <= limits.wait_seconds(openings) <= 60
    assert limits.wait_seconds(openings) == min(60, 10 * 2 ** (openings - 1))
