"""Targets that a budget keeps from being asked."""

from tests.fakes.system import FrozenClock
from tests.support.targets import targets

from turnout.application.relay.hold import Hold
from turnout.domain.routing.barring import barred
from turnout.domain.routing.route_plan import RoutePlan
from turnout.domain.shared.ids import RequestId
from turnout.infrastructure.limits.memory import MemoryLimits


def test_they_are_dropped_with_their_reason() -> None:
    hold = Hold(MemoryLimits(FrozenClock()), (), RequestId("r"), 0)
    hold.bar("p0", "spent")
    plan = barred(RoutePlan("default", tuple(targets(1, 1)), ()), hold)
    assert [target.via for target in plan.targets] == ["p1"]
    (drop,) = plan.drops
    assert (drop.target, drop.rule, drop.detail) == ("p0", "budget_spent", "spent")
    assert [len(tier) for tier in plan.tiers] == [1]
