from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.targets import targets

from turnout.domain.routing.orders import by_cost, by_rank, by_two_choices
from turnout.domain.routing.rendezvous import fingerprint

COSTS = st.lists(st.sampled_from([0.0, 1.0, 2.5, float("inf")]), min_size=2, max_size=8)


@given(COSTS)
def test_by_cost_is_a_permutation_with_the_equals_first(costs: list[float]) -> None:
    among = targets(*[1.0] * len(costs))
    cost_of = {target.id: cost for target, cost in zip(among, costs, strict=True)}
    equals, others = by_cost(among, costs)
    assert sorted(t.id for t in [*equals, *others]) == sorted(cost_of)
    assert {cost_of[target.id] for target in equals} == {min(costs)}
    rest = [cost_of[target.id] for target in others]
    assert rest == sorted(rest)
    assert min(costs) not in rest


@given(COSTS, st.integers())
def test_two_choices_are_a_permutation_whose_first_is_never_the_worst(
    costs: list[float], seed: int
) -> None:
    among = targets(*[1.0] * len(costs))
    order = by_two_choices(among, costs, Random(seed).random)
    assert sorted(t.id for t in order) == sorted(t.id for t in among)
    first = costs[among.index(order[0])]
    assert first < max(costs) or costs.count(max(costs)) > 1


def test_of_two_the_better_is_always_first() -> None:
    among, roll = targets(1, 1), Random(1).random
    assert {by_two_choices(among, [0.4, 0.3], roll)[0].via for _ in range(100)} == {"p1"}


def test_of_many_the_better_ones_are_first_more_often_and_not_all_the_time() -> None:
    among, roll = targets(*[1.0] * 5), Random(1).random
    costs = [0.1, 0.2, 0.3, 0.4, 0.5]
    firsts = Counter(by_two_choices(among, costs, roll)[0].via for _ in range(10_000))
    # Of five, the one of rank r wins against 4 - r others of ten pairs.
    for place, pairs in enumerate((4, 3, 2, 1, 0)):
        assert firsts[f"p{place}"] / 10_000 == pytest.approx(pairs / 10, abs=0.02)


@given(st.lists(st.floats(0.1, 10), min_size=2, max_size=7), st.text(), st.integers(0, 6))
def test_when_a_target_goes_the_others_keep_their_order(
    weights: list[float], key: str, gone: int
) -> None:
    among, mark = targets(*weights), fingerprint(key)
    order = by_rank(among, mark)
    assert sorted(t.id for t in order) == sorted(t.id for t in among)
    left = [target for place, target in enumerate(among) if place != gone % len(among)]
    assert by_rank(left, mark) == [target for target in order if target in left]


def test_what_a_lost_target_had_is_shared_by_the_weights_of_the_others() -> None:
    among = targets(1, 2, 1)
    marks = [fingerprint(f"key-{number}") for number in range(10_000)]
    homeless = [mark for mark in marks if by_rank(among, mark)[0] is among[0]]
    assert len(homeless) / len(marks) == pytest.approx(0.25, abs=0.02)
    taken = Counter(by_rank(among[1:], mark)[0].via for mark in homeless)
    assert taken["p1"] / len(homeless) == pytest.approx(2 / 3, abs=0.03)
