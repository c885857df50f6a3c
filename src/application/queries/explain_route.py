"""Explain a route: where a request would go, and why not elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from turnout.application.health.standing import Standing, standing_of
from turnout.application.ports.system import Clock
from turnout.application.relay.balancer import Balancer
from turnout.application.relay.health_board import HealthBoard
from turnout.application.relay.load_board import LoadBoard
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.inference.capability import Requirement
from turnout.domain.routing.asked import Asked
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.reasons import reasons
from turnout.domain.routing.route_plan import RoutePlan
from turnout.domain.shared.ids import DeploymentId


@dataclass(frozen=True, slots=True)
class Explanation:
    """The plan that the relay would follow, or the names that look like an unknown model."""

    model: str
    revision: int
    plan: RoutePlan | None
    near: tuple[str, ...] = ()
    deadline_seconds: float | None = None
    max_attempts: int | None = None
    hedge: HedgeRules | None = None
    concurrency: Mapping[DeploymentId, ConcurrencyRules] = field(default_factory=dict)
    """How many requests the provider of each target may have at once."""
    standings: Mapping[DeploymentId, Standing] = field(default_factory=dict)
    """How those of the plan's targets stand whose health is known."""
    reasons: Mapping[DeploymentId, str] = field(default_factory=dict)
    """What brings those their turn that share a tier."""


@dataclass(frozen=True, slots=True)
class ExplainRoute:
    """Asks the very plan that requests follow; there is no second implementation."""

    holder: SnapshotHolder
    health: HealthBoard
    clock: Clock

    def __call__(self, model: str, needs: Requirement) -> Explanation:
        """Return the plan of a request for `model` with `needs`, its tiers as they are in quiet."""
        snapshot = self.holder.current
        route = snapshot.routes.get(model)
        if route is None:
            return Explanation(model, snapshot.revision, None, snapshot.near(model))
        asked = Asked(needs, streamed=False, tenant="")
        plan = _in_quiet(route.plan(needs), asked)
        return Explanation(
            model,
            snapshot.revision,
            plan,
            deadline_seconds=route.deadline_seconds,
            max_attempts=route.max_attempts,
            hedge=route.hedge,
            concurrency={
                target.id: snapshot.providers[target.deployment.provider].settings.concurrency
                for target in plan.targets
            },
            standings={
                target.id: standing_of(self.health.of(target.id), self.clock)
                for target in plan.targets
            },
            reasons=reasons(plan, asked),
        )


def _in_quiet(plan: RoutePlan, asked: Asked) -> RoutePlan:
    """Order each tier for a first request that comes while nothing is under way."""
    balancer = Balancer(LoadBoard(), lambda: 0.0)
    tiers = (balancer.order(plan, tier, asked, 0.0) for tier in plan.tiers)
    return replace(plan, targets=tuple(target for tier in tiers for target in tier))
