import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.routing.headroom import FULL, Bucket, Headroom


def test_what_was_used_comes_back_bit_by_bit() -> None:
    bucket = Bucket(limit=100, remaining=20, full_in_seconds=60)
    shares = [bucket.share(age_seconds, 0) for age_seconds in (0, 30, 60, 600)]
    assert shares == pytest.approx([0.2, 0.6, 1.0, 1.0])


def test_what_is_under_way_is_taken_off() -> None:
    assert Bucket(100, 20, 60).share(0, 30) == pytest.approx(-0.1)
    assert Bucket(100, 100, 0).share(0, 30) == pytest.approx(0.7)


def test_the_limit_with_the_least_counts() -> None:
    requests, tokens = Bucket(100, 50, 60), Bucket(1000, 900, 60)
    assert Headroom().share(0, 5, 100) == FULL
    assert Headroom(requests, tokens).share(0, 0, 100) == pytest.approx(0.5)
    assert Headroom(None, tokens).share(0, 5, 100) == pytest.approx(0.4)
    assert Headroom(requests, tokens).share(0, 6, 100) == pytest.approx(0.3)


@given(st.floats(1, 1e9), st.floats(0, 1), st.floats(0, 1e5), st.floats(0, 1e6), st.floats(0, 1e6))
def test_the_share_only_grows_with_time(
    limit: float, left: float, full_in: float, early: float, later: float
) -> None:
    bucket = Bucket(limit, limit * left, full_in)
    first, second = sorted((early, later))
    assert bucket.share(first, 0) <= bucket.share(second, 0) + 1e-9 <= FULL + 2e-9
