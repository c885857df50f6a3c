from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.gateways import deployment
from tests.support.targets import priced, targets

from turnout.application.relay.balancer import MOST_TIERS, Balancer
from turnout.application.relay.load_board import LoadBoard
from turnout.domain.inference.capability import Requirement
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.routing.asked import Asked
from turnout.domain.routing.headroom import Bucket, Headroom
from turnout.domain.routing.load import Load
from turnout.domain.routing.route_plan import PlannedTarget, RoutePlan
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.routing.stickiness import Stickiness, StickyBy

NOW = 1000.0
BUSY = ProviderFailure(FailureKind.OVERLOADED, "")


def plan(among: list[PlannedTarget], strategy: Strategy, route: str = "r") -> RoutePlan:
    sticky = Stickiness(StickyBy.KEY) if strategy is Strategy.STICKY else None
    return RoutePlan(route, tuple(among), (), strategy, sticky)


def asked(tenant: str = "tests", *, streamed: bool = False, tokens: int = 0) -> Asked:
    return Asked(Requirement(frozenset(), tokens), streamed, tenant)


class Desk:
    """A balancer with its loads, and one tier."""

    def __init__(self, among: list[PlannedTarget], strategy: Strategy, route: str = "r") -> None:
        self.loads = LoadBoard()
        self.balancer = Balancer(self.loads, Random(1).random)
        self.plan = plan(among, strategy, route)

    def order(self, about: Asked | None = None, now: float = NOW) -> list[str]:
        about = about or asked()
        return [t.via for t in self.balancer.order(self.plan, self.plan.targets, about, now)]

    def serve(self, times: int, end: Callable[[str, float], None]) -> Counter[str]:
        """Let requests come ten times a second; `end` tells how each of them ends, at once."""
        firsts: Counter[str] = Counter()
        for number in range(times):
            now = NOW + number / 10
            first = self.order(now=now)[0]
            self.load(first).begin()
            end(first, now)
            firsts[first] += 1
        return firsts

    def load(self, name: str) -> Load:
        return self.loads.of(deployment(name).id)


@given(
    st.sampled_from(Strategy),
    st.lists(st.floats(0.1, 10), min_size=1, max_size=6),
    st.lists(st.integers(0, 5), min_size=6, max_size=6),
)
def test_an_order_is_a_permutation(
    strategy: Strategy, weights: list[float], busy: list[int]
) -> None:
    desk = Desk(targets(*weights), strategy)
    for place, times in enumerate(busy):
        for _ in range(times):
            desk.load(f"p{place}").begin()
    assert sorted(desk.order()) == [f"p{place}" for place in range(len(weights))]


def test_turns_go_on_from_one_plan_to_the_next_of_its_name() -> None:
    desk = Desk(targets(2, 1), Strategy.WEIGHTED)
    firsts = []
    for _ in range(6):
        desk.plan = plan(targets(2, 1), Strategy.WEIGHTED)
        firsts.append(desk.order()[0])
    assert firsts == ["p0", "p1", "p0"] * 2


def test_routes_take_turns_of_their_own() -> None:
    desk = Desk(targets(2, 1), Strategy.WEIGHTED)
    firsts = []
    for route in "rsrs":
        desk.plan = plan(targets(2, 1), Strategy.WEIGHTED, route)
        firsts.append(desk.order()[0])
    assert firsts == ["p0", "p0", "p1", "p1"]


def test_routes_beyond_number_are_forgotten() -> None:
    desk = Desk(targets(2, 1), Strategy.WEIGHTED)
    for number in range(MOST_TIERS + 1):
        desk.plan = plan(targets(2, 1), Strategy.WEIGHTED, f"r{number}")
        desk.order()
    desk.plan = plan(targets(2, 1), Strategy.WEIGHTED, "r0")
    assert desk.order()[0] == "p0"


def test_the_fewest_in_flight_per_weight_come_first_and_equals_take_turns() -> None:
    desk = Desk(targets(1, 2, 1), Strategy.LEAST_IN_FLIGHT)
    for name, times in {"p0": 2, "p1": 2, "p2": 3}.items():
        for _ in range(times):
            desk.load(name).begin()
    assert desk.order() == ["p1", "p0", "p2"]
    idle = Desk(targets(1, 1), Strategy.LEAST_IN_FLIGHT)
    assert [idle.order()[0] for _ in range(4)] == ["p0", "p1", "p0", "p1"]


def test_the_faster_gets_more() -> None:
    desk = Desk(targets(1, 1, 1), Strategy.FASTEST)
    seconds = {"p0": 0.2, "p1": 2.0, "p2": 0.4}
    firsts = desk.serve(
        3000, lambda name, now: desk.load(name).complete(seconds[name], now, streamed=False)
    )
    assert firsts["p0"] > firsts["p2"] > firsts["p1"] > 0


def test_streams_are_ranked_by_their_first_token() -> None:
    desk = Desk(targets(1, 1), Strategy.FASTEST)
    for name, first, whole in (("p0", 0.1, 9.0), ("p1", 0.5, 3.0)):
        load = desk.load(name)
        load.begin()
        load.commit(first, NOW)
        load.complete(whole, NOW, streamed=True)
        load.begin()
        load.complete(whole, NOW, streamed=False)
    assert desk.order(asked(streamed=True))[0] == "p0"
    assert desk.order(asked(streamed=False))[0] == "p1"


@pytest.mark.parametrize(
    "strategy", [Strategy.FASTEST, Strategy.LEAST_IN_FLIGHT, Strategy.HEADROOM]
)
def test_who_fails_at_once_gets_no_more_than_the_others(strategy: Strategy) -> None:
    desk = Desk(targets(1, 1, 1), strategy)

    def end(name: str, now: float) -> None:
        if name == "p1":
            desk.load(name).fail(BUSY, now)
        else:
            desk.load(name).complete(1.0, now, streamed=False)

    firsts = desk.serve(3000, end)
    assert 0 < firsts["p1"] < 0.1 * 3000


def test_the_cheapest_for_this_request_comes_first_and_the_unknown_last() -> None:
    unknown = targets(1)
    long_answers, long_prompts = priced("answers", "5", "1"), priced("prompts", "1", "20")
    desk = Desk([*unknown, long_answers, long_prompts], Strategy.CHEAPEST)
    assert desk.order(asked(tokens=100)) == ["answers", "prompts", "p0"]
    assert desk.order(asked(tokens=100_000)) == ["prompts", "answers", "p0"]


def test_those_that_cost_the_same_take_turns() -> None:
    desk = Desk([priced("a", "1"), priced("b", "1"), priced("c", "2")], Strategy.CHEAPEST)
    assert [desk.order() for _ in range(2)] == [["a", "b", "c"], ["b", "a", "c"]]


def test_the_most_room_comes_first_and_unknown_is_full() -> None:
    desk = Desk(targets(1, 1, 1), Strategy.HEADROOM)
    desk.load("p0").hear(lambda _: Headroom(requests=Bucket(100, 10, 60)), NOW)
    desk.load("p1").hear(lambda _: Headroom(tokens=Bucket(1000, 500, 60)), NOW)
    assert desk.order() == ["p2", "p1", "p0"]
    for _ in range(2):
        desk.load("p1").begin()
    assert desk.order(asked(tokens=500)) == ["p2", "p0", "p1"]


def test_one_tenant_sticks_to_one_target_whatever_happens_to_the_others() -> None:
    desk = Desk(targets(1, 1, 1), Strategy.STICKY)
    orders = {tenant: desk.order(asked(tenant)) for tenant in map(str, range(100))}
    assert {order[0] for order in orders.values()} == {"p0", "p1", "p2"}
    desk.plan = plan(targets(1, 1), Strategy.STICKY)
    for tenant, order in orders.items():
        assert desk.order(asked(tenant)) == [name for name in order if name != "p2"]


def test_what_has_nothing_to_stick_by_takes_turns() -> None:
    desk = Desk(targets(1, 1), Strategy.STICKY)
    desk.plan = RoutePlan(
        "r", desk.plan.targets, (), Strategy.STICKY, Stickiness(StickyBy.HEADER, "x-session")
    )
    assert [desk.order()[0] for _ in range(4)] == ["p0", "p1", "p0", "p1"]


def test_a_load_tells_of_what_has_begun() -> None:
    desk = Desk(targets(1, 1), Strategy.LEAST_IN_FLIGHT)
    desk.balancer.begin(desk.plan.targets[0])
    assert desk.load("p0").in_flight == 1
    assert desk.order() == ["p1", "p0"]
