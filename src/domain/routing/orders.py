"""How targets are ordered by what is known of them: pure functions.

Each returns every target once. `costs` has a number for each target; the lowest comes first.
"""

from collections.abc import Sequence

from turnout.domain.routing.rendezvous import rank
from turnout.domain.routing.route_plan import PlannedTarget
from turnout.domain.routing.routing_policy import Roll


def by_cost(
    targets: Sequence[PlannedTarget], costs: Sequence[float]
) -> tuple[list[PlannedTarget], list[PlannedTarget]]:
    """Return those that share the lowest cost, and the others in order. One target at least."""
    if costs.count(costs[0]) == len(costs):
        return list(targets), []
    order = sorted(range(len(targets)), key=costs.__getitem__)
    equals = costs.count(costs[order[0]])
    ordered = [targets[place] for place in order]
    return ordered[:equals], ordered[equals:]


def by_two_choices(
    targets: Sequence[PlannedTarget], costs: Sequence[float], roll: Roll
) -> list[PlannedTarget]:
    """Draw two, and put the one of lower cost first; the others follow in order. Two at least.

    So whoever looks best does not get every request at once (Mitzenmacher, "The Power of Two
    Choices in Randomized Load Balancing", 2001).
    """
    size = len(targets)
    one = int(roll() * size)
    other = int(roll() * (size - 1))
    if other >= one:
        other += 1
    first = one if costs[one] <= costs[other] else other
    order = sorted(range(size), key=costs.__getitem__)
    return [targets[first], *(targets[place] for place in order if place != first)]


def by_rank(targets: Sequence[PlannedTarget], mark: int) -> list[PlannedTarget]:
    """Order by the ranks that `mark` gives."""
    return sorted(targets, key=lambda target: rank(mark, target.lot, target.weight), reverse=True)
