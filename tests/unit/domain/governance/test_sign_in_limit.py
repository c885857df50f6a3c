from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.governance.sign_in_limit import MOST_KEPT, Allowance, SignInLimit


def test_a_burst_is_allowed_then_one_for_every_spacing() -> None:
    limit = SignInLimit(Allowance(3, 10.0), Allowance(100, 1.0))
    waits = [limit.wait_seconds("ann", "here", 0.0) for _ in range(5)]
    assert waits == [0, 0, 0, 10.0, 10.0]
    assert limit.wait_seconds("ann", "here", 9.0) == 1.0
    assert limit.wait_seconds("ann", "here", 10.0) == 0
    assert limit.wait_seconds("ann", "here", 10.0) == 10.0


def test_an_address_is_limited_under_any_name_and_a_name_from_any_address() -> None:
    limit = SignInLimit(Allowance(2, 10.0), Allowance(3, 10.0))
    assert [limit.wait_seconds(f"user{n}", "here", 0.0) for n in range(4)] == [0, 0, 0, 10.0]
    assert [limit.wait_seconds("ann", f"host{n}", 0.0) for n in range(3)] == [0, 0, 10.0]


def test_whoever_proved_to_be_there_begins_anew() -> None:
    limit = SignInLimit(Allowance(1, 10.0), Allowance(100, 1.0))
    assert limit.wait_seconds("ann", "here", 0.0) == 0
    limit.forgive("ann")
    assert limit.wait_seconds("ann", "here", 0.0) == 0


def test_it_does_not_grow_without_bound() -> None:
    limit = SignInLimit()
    for number in range(MOST_KEPT + 50):
        limit.wait_seconds(f"user{number}", f"host{number}", 0.0)
    assert len(limit._free_at) == MOST_KEPT


@given(st.lists(st.floats(0, 30), max_size=60))
def test_never_more_than_the_burst_and_the_rate_allow(gaps: list[float]) -> None:
    limit, now, made = SignInLimit(Allowance(4, 10.0), Allowance(1000, 0.001)), 0.0, 0
    for gap in gaps:
        now += gap
        made += limit.wait_seconds("ann", "here", now) == 0
    assert made <= 4 + now / 10.0 + 1e-6
