"""Balancer: whose turn it is within a tier. One worker's own, in memory."""

from collections.abc import Sequence
from math import inf

from turnout.application.relay.load_board import LoadBoard
from turnout.domain.routing.asked import Asked
from turnout.domain.routing.orders import by_cost, by_rank, by_two_choices
from turnout.domain.routing.route_plan import PlannedTarget, RoutePlan
from turnout.domain.routing.routing_policy import Roll, Strategy
from turnout.domain.routing.smooth_weights import SmoothWeights

MOST_TIERS = 4096
"""How many tiers are remembered; beyond that all begin anew."""

Targets = Sequence[PlannedTarget]

# What an enumeration is asked for costs more than what a module knows.
_WEIGHTED = Strategy.WEIGHTED
_FASTEST = Strategy.FASTEST
_STICKY = Strategy.STICKY
_CHEAPEST = Strategy.CHEAPEST
_HEADROOM = Strategy.HEADROOM


class Balancer:
    """Orders the targets of a tier that may be asked now, by the plan's strategy.

    Turns are kept by the names of route and tier, so that they outlive a snapshot.
    """

    __slots__ = ("_loads", "_roll", "_turns")

    def __init__(self, loads: LoadBoard, roll: Roll) -> None:
        self._loads = loads
        self._roll = roll
        self._turns: dict[tuple[str, int], SmoothWeights] = {}

    def order(self, plan: RoutePlan, targets: Targets, asked: Asked, now: float) -> Targets:
        """Return `targets`, some of one tier of `plan`, in the order in which to try them."""
        if len(targets) < 2:
            return targets
        strategy = plan.strategy
        if strategy is _WEIGHTED:
            return self._by_turns(plan, targets)
        if strategy is _FASTEST:
            return self._fastest(targets, asked, now)
        if strategy is _STICKY:
            return self._sticky(plan, targets, asked)
        if strategy is _CHEAPEST:
            costs = _prices(targets, asked)
        else:
            of = self._loads.of
            if strategy is _HEADROOM:
                tokens = asked.needs.input_tokens + asked.output_tokens
                costs = [-of(target.id).room(now, tokens) for target in targets]
            else:
                costs = [of(target.id).places(now) / target.weight for target in targets]
        equals, others = by_cost(targets, costs)
        if len(equals) > 1:
            equals = self._by_turns(plan, equals)
        return equals + others

    def begin(self, target: PlannedTarget) -> None:
        """An attempt begins at `target`; settlement tells when it ends."""
        self._loads.of(target.id).begin()

    def _fastest(self, targets: Targets, asked: Asked, now: float) -> list[PlannedTarget]:
        of, streamed = self._loads.of, asked.streamed
        costs = [of(t.id).slowness(now, streamed=streamed) / t.weight for t in targets]
        return by_two_choices(targets, costs, self._roll)

    def _sticky(self, plan: RoutePlan, targets: Targets, asked: Asked) -> list[PlannedTarget]:
        mark = None if plan.sticky is None else asked.mark(plan.sticky)
        return self._by_turns(plan, targets) if mark is None else by_rank(targets, mark)

    def _by_turns(self, plan: RoutePlan, targets: Targets) -> list[PlannedTarget]:
        key = (plan.route, targets[0].tier)
        turns = self._turns.get(key)
        if turns is None:
            if len(self._turns) >= MOST_TIERS:
                self._turns.clear()
            turns = self._turns[key] = SmoothWeights()
        return turns.order(targets)


def _prices(targets: Targets, asked: Asked) -> list[float]:
    tokens = asked.needs.input_tokens, asked.output_tokens
    prices = (target.dollars(*tokens) for target in targets)
    return [inf if price is None else price for price in prices]
