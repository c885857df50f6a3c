from tests.support.gateways import deployment

from turnout.application.relay.balancer import MOST_TIERS, Balancer
from turnout.domain.routing.route_plan import PlannedTarget, RoutePlan


def plan(route: str, *weights: float) -> RoutePlan:
    targets = (
        PlannedTarget(deployment(f"p{place}"), 0, f"p{place}", weight)
        for place, weight in enumerate(weights)
    )
    return RoutePlan(route, tuple(targets), ())


def first(balancer: Balancer, of: RoutePlan) -> str:
    return balancer.order(of, of.targets)[0].via


def test_turns_go_on_from_one_plan_to_the_next_of_its_name() -> None:
    balancer = Balancer()
    assert [first(balancer, plan("r", 2, 1)) for _ in range(6)] == ["p0", "p1", "p0"] * 2


def test_routes_take_turns_of_their_own() -> None:
    balancer = Balancer()
    assert [first(balancer, plan(route, 2, 1)) for route in "rsrs"] == ["p0", "p0", "p1", "p1"]


def test_routes_beyond_number_are_forgotten() -> None:
    balancer = Balancer()
    for number in range(MOST_TIERS + 1):
        first(balancer, plan(f"r{number}", 2, 1))
    assert first(balancer, plan("r0", 2, 1)) == "p0"
