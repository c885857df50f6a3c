from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.routing.hedge_budget import MOST_SAVED, HedgeBudget


@given(st.lists(st.booleans(), max_size=500), st.floats(0, 1))
def test_hedges_stay_within_one_and_the_share(steps: list[bool], share: float) -> None:
    budget = HedgeBudget()
    requests = hedges = 0
    for is_request in steps:
        if is_request:
            requests += 1
            budget.count_request(share)
        else:
            hedges += budget.take()
    assert hedges <= 1 + share * requests + 1e-6


def test_of_many_slow_requests_the_share_is_hedged() -> None:
    budget, hedges = HedgeBudget(), 0
    for _ in range(1000):
        budget.count_request(0.05)
        hedges += budget.take()
    assert hedges in (50, 51)


def test_quiet_times_save_no_more_than_a_few() -> None:
    budget = HedgeBudget()
    for _ in range(10_000):
        budget.count_request(1.0)
    assert sum(budget.take() for _ in range(100)) == MOST_SAVED


def test_with_a_share_of_all_every_request_may_be_hedged() -> None:
    budget = HedgeBudget()
    for _ in range(100):
        budget.count_request(1.0)
        assert budget.take()
