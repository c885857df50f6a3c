"""Balancer: whose turn it is within a tier. One worker's own, in memory."""

from collections.abc import Sequence

from turnout.domain.routing.route_plan import PlannedTarget, RoutePlan
from turnout.domain.routing.smooth_weights import SmoothWeights

MOST_TIERS = 4096
"""How many tiers are remembered; beyond that all begin anew."""


class Balancer:
    """Orders the targets of a tier that may be asked now.

    What it remembers is kept by the names of route and tier, so that it outlives a snapshot.
    """

    __slots__ = ("_turns",)

    def __init__(self) -> None:
        self._turns: dict[tuple[str, int], SmoothWeights] = {}

    def order(self, plan: RoutePlan, targets: Sequence[PlannedTarget]) -> Sequence[PlannedTarget]:
        """Return `targets`, some of one tier of `plan`, in the order in which to try them."""
        if len(targets) < 2:
            return targets
        return self._turn(plan.route, targets[0].tier).order(targets)

    def _turn(self, route: str, tier: int) -> SmoothWeights:
        turn = self._turns.get((route, tier))
        if turn is None:
            if len(self._turns) >= MOST_TIERS:
                self._turns.clear()
            turn = self._turns[route, tier] = SmoothWeights()
        return turn
