from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.targets import targets

from turnout.domain.routing.route_plan import PlannedTarget
from turnout.domain.routing.smooth_weights import MOST_CREDITS, SmoothWeights


def firsts(turns: SmoothWeights, among: list[PlannedTarget], times: int) -> Counter[str]:
    return Counter(turns.order(among)[0].deployment.provider for _ in range(times))


def test_turns_come_without_runs() -> None:
    turns, among = SmoothWeights(), targets(5, 1, 1)
    order = [turns.order(among)[0].deployment.provider for _ in range(7)]
    assert order == ["p0", "p0", "p1", "p0", "p2", "p0", "p0"]


@given(st.lists(st.floats(0.1, 20), min_size=1, max_size=6))
def test_an_order_is_a_permutation(weights: list[float]) -> None:
    turns, among = SmoothWeights(), targets(*weights)
    for _ in range(5):
        assert sorted(t.id for t in turns.order(among)) == sorted(t.id for t in among)


@pytest.mark.parametrize("weights", [(7.0, 2.0, 1.0), (1 / 3, 1 / 3, 1 / 3, 1.0), (0.5, 99.5)])
def test_shares_follow_the_weights(weights: tuple[float, ...]) -> None:
    among = targets(*weights)
    counts = firsts(SmoothWeights(), among, 10_000)
    for target in among:
        share = counts[target.deployment.provider] / 10_000
        assert share == pytest.approx(target.weight / sum(weights), abs=0.001)


def test_shares_follow_the_weights_while_targets_come_and_go() -> None:
    turns, among = SmoothWeights(), targets(4, 2, 1)
    counts: Counter[str] = Counter()
    for place in range(10_000):  # each of them sits out a tenth of the time, in stretches
        away = place // 100 % 10
        counts += firsts(turns, [t for n, t in enumerate(among) if n != away], 1)
    whole, parts = 0.7, {0: (0, 2 / 3, 1 / 3), 1: (4 / 5, 0, 1 / 5), 2: (4 / 6, 2 / 6, 0)}
    for place, target in enumerate(among):
        expected = whole * target.weight / 7 + sum(part[place] for part in parts.values()) / 10
        assert counts[target.deployment.provider] / 10_000 == pytest.approx(expected, abs=0.005)


def test_what_is_gone_for_good_is_forgotten() -> None:
    turns = SmoothWeights()
    turns.order(targets(*[1.0] * (MOST_CREDITS + 1)))
    assert [t.deployment.provider for t in turns.order(targets(1, 2))] == ["p1", "p0"]
