"""SmoothWeights: weighted round robin without runs, as nginx balances its upstreams.

At each turn every target that takes part is credited its weight; the one with the most credit is
chosen, and pays what all of them were credited (nginx, `ngx_http_upstream_round_robin.c`). So a, b
and c with the weights 5, 1 and 1 come as a a b a c a a.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from turnout.domain.routing.route_plan import PlannedTarget
from turnout.domain.shared.ids import DeploymentId

MOST_CREDITS = 1024
"""What has gone for good is forgotten once there are so many."""


@dataclass(slots=True)
class SmoothWeights:
    """The credit of each target of a tier; who sits out a turn keeps what it has."""

    _credits: dict[DeploymentId, float] = field(default_factory=dict)

    def order(self, targets: Sequence[PlannedTarget]) -> list[PlannedTarget]:
        """Return `targets`, one at least: the chosen first, the others by their credit."""
        credits = self._credits
        if len(credits) > MOST_CREDITS:
            credits.clear()
        total = 0.0
        now: list[float] = []
        for target in targets:
            weight = target.weight
            credit = credits[target.id] = credits.get(target.id, 0.0) + weight
            now.append(credit)
            total += weight
        places = sorted(range(len(now)), key=now.__getitem__, reverse=True)
        order = [targets[place] for place in places]
        credits[order[0].id] -= total
        return order
