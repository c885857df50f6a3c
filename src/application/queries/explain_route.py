"""Explain a route: where a request would go, and why not elsewhere."""

from dataclasses import dataclass

from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.domain.inference.capability import Requirement
from turnout.domain.routing.route_plan import RoutePlan


@dataclass(frozen=True, slots=True)
class Explanation:
    """The plan that the relay would follow, or the names that look like an unknown model."""

    model: str
    revision: int
    plan: RoutePlan | None
    near: tuple[str, ...] = ()
    deadline_seconds: float | None = None
    max_attempts: int | None = None


@dataclass(frozen=True, slots=True)
class ExplainRoute:
    """Asks the very plan that requests follow; there is no second implementation."""

    holder: SnapshotHolder

    def __call__(self, model: str, needs: Requirement) -> Explanation:
        """Return the plan of a request for `model` with `needs`."""
        snapshot = self.holder.current
        route = snapshot.routes.get(model)
        if route is None:
            return Explanation(model, snapshot.revision, None, snapshot.near(model))
        return Explanation(
            model,
            snapshot.revision,
            route.plan(needs),
            deadline_seconds=route.deadline_seconds,
            max_attempts=route.max_attempts,
        )
