from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.routing.routing_policy import weighted_order


@given(st.lists(st.integers(1, 100), max_size=8), st.integers())
def test_an_order_is_a_permutation(weights: list[int], seed: int) -> None:
    items = list(enumerate(weights))
    order = weighted_order(items, Random(seed).random)
    assert sorted(order) == [place for place, _ in items]


def test_the_first_place_follows_the_weights_within_two_percent() -> None:
    roll = Random(7).random
    firsts = Counter(weighted_order([("a", 7), ("b", 2), ("c", 1)], roll)[0] for _ in range(10_000))
    assert abs(firsts["a"] / 10_000 - 0.7) < 0.02
    assert abs(firsts["b"] / 10_000 - 0.2) < 0.02
    assert abs(firsts["c"] / 10_000 - 0.1) < 0.02


def test_those_left_over_follow_their_weights_too() -> None:
    roll = Random(7).random
    orders = [weighted_order([("a", 8), ("b", 3), ("c", 1)], roll) for _ in range(10_000)]
    seconds = Counter(order[1] for order in orders if order[0] == "a")
    assert abs(seconds["b"] / seconds.total() - 0.75) < 0.02


def test_the_highest_roll_takes_the_last() -> None:
    assert weighted_order([("a", 1), ("b", 1)], lambda: 0.999999999999)[0] == "b"
