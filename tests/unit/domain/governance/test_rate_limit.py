"""GCRA: what is admitted within any time, and what is given back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.governance.rate_limit import PERIOD_SECONDS, UNLIMITED, Gcra, RateLimits
from turnout.domain.shared.errors import DomainError


def test_limits_are_whole_numbers_above_nothing() -> None:
    assert not UNLIMITED
    assert RateLimits(requests_per_minute=1)
    with pytest.raises(DomainError, match="tokens_per_minute is 0"):
        RateLimits(tokens_per_minute=0)


@pytest.mark.parametrize("limit", [1, 3, 7, 60, 1000])
def test_a_minutes_worth_may_come_at_once_and_not_one_more(limit: int) -> None:
    rate, now = Gcra(limit), 1e9 / 7
    for left in range(limit, 0, -1):
        assert rate.wait_seconds(1, now) == 0.0
        assert rate.left(now) == left
        rate.take(1, now)
    assert rate.left(now) == 0
    assert rate.wait_seconds(1, now) == pytest.approx(PERIOD_SECONDS / limit, rel=1e-3)
    assert rate.reset_seconds(now) == pytest.approx(PERIOD_SECONDS)


def test_more_than_a_minutes_worth_takes_all_of_it_and_the_rest_when_it_is_known() -> None:
    rate = Gcra(100)
    assert rate.reserved(250) == 100
    assert rate.wait_seconds(250, 0.0) == 0.0
    rate.take(rate.reserved(250), 0.0)
    rate.take(250 - rate.reserved(250), 0.0)
    assert rate.left(60.0) == 0
    assert rate.wait_seconds(1, 60.0) == pytest.approx(30.6)


def test_what_is_given_back_is_free_again_and_never_more_than_all() -> None:
    rate = Gcra(10)
    rate.take(10, 0.0)
    rate.take(-4, 0.0)
    assert rate.left(0.0) == 4
    rate.take(-100, 0.0)
    assert rate.left(0.0) == 10


@given(
    limit=st.integers(1, 50),
    asked=st.lists(
        st.tuples(st.floats(0.0, 20.0, allow_nan=False), st.integers(1, 60)), max_size=80
    ),
)
def test_no_span_admits_more_than_its_rate_and_one_burst(
    limit: int, asked: list[tuple[float, int]]
) -> None:
    rate, now = Gcra(limit), 1000.0
    admitted: list[tuple[float, int]] = []
    for wait, units in asked:
        now += wait
        if rate.wait_seconds(units, now) == 0.0:
            rate.take(rate.reserved(units), now)
            admitted.append((now, rate.reserved(units)))
    for first, (start, _) in enumerate(admitted):
        total = 0
        for end, units in admitted[first:]:
            total += units
            assert total <= limit * (1 + (end - start) / PERIOD_SECONDS) + 0.51
