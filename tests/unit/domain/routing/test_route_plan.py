import pytest
from tests.support.gateways import deployment
from tests.support.targets import priced

from turnout.domain.routing.route_plan import PlannedTarget, RoutePlan


def test_a_target_costs_what_its_tokens_cost() -> None:
    assert priced("a", "1", "10").dollars(2000, 100) == pytest.approx(0.003)
    assert PlannedTarget(deployment("a"), 0, "a").dollars(2000, 100) is None


def test_targets_of_one_tier_stand_together() -> None:
    made = [
        PlannedTarget(deployment(name), tier, name)
        for name, tier in zip("abc", (0, 0, 2), strict=True)
    ]
    plan = RoutePlan("r", tuple(made), ())
    assert plan.tiers == ((made[0], made[1]), (made[2],))
