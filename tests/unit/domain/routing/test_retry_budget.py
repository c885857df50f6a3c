import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.routing.retry_budget import RetryBudget
from turnout.domain.shared.errors import DomainError


def spent(budget: RetryBudget, now: float) -> int:
    taken = 0
    while budget.take(now):
        taken += 1
    return taken


def test_quiet_times_have_a_reserve_that_comes_back() -> None:
    budget = RetryBudget(reserve=10, window_seconds=10)
    assert spent(budget, 0) == 10
    assert spent(budget, 1) == 1
    assert spent(budget, 100) == 10


def test_requests_earn_their_share() -> None:
    budget = RetryBudget(share=0.2, reserve=0, most=1000)
    for _ in range(1000):
        budget.count_request(0)
    assert spent(budget, 0) in (199, 200)  # a fifth has no exact binary form


def test_no_more_is_saved_than_there_is_room_for() -> None:
    budget = RetryBudget(share=1, reserve=0, most=5)
    for _ in range(100):
        budget.count_request(0)
    assert spent(budget, 0) == 5


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), max_size=300))
def test_retries_stay_within_share_and_reserve(steps: list[tuple[bool, float]]) -> None:
    budget = RetryBudget(share=0.2, reserve=3, window_seconds=10, most=50)
    now, requests, retries = 0.0, 0, 0
    for is_request, passed in steps:
        now += passed
        if is_request:
            requests += 1
            budget.count_request(now)
        else:
            retries += budget.take(now)
    assert retries <= 0.2 * requests + 3 + 3 * now / 10 + 1e-6


@pytest.mark.parametrize("bad", [{"share": -1.0}, {"reserve": -1.0}, {"most": 1.0}])
def test_a_negative_budget_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(DomainError):
        RetryBudget(**bad)
