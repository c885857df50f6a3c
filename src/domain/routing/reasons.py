"""Why the targets of a tier are asked in the order in which they are, in words for people."""

from turnout.domain.routing.asked import Asked
from turnout.domain.routing.route_plan import PlannedTarget, RoutePlan
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.routing.stickiness import Stickiness, StickyBy
from turnout.domain.shared.ids import DeploymentId

_BY_LOAD = {
    Strategy.LEAST_IN_FLIGHT: "whoever has the fewest requests in flight",
    Strategy.FASTEST: "the quicker of two drawn by lot",
    Strategy.HEADROOM: "whoever has most of its rate limit left",
}


def reasons(plan: RoutePlan, asked: Asked) -> dict[DeploymentId, str]:
    """Return what brings each target its turn; none for a target that is alone in its tier."""
    return {
        target.id: _reason(plan, target, tier, asked)
        for tier in plan.tiers
        if len(tier) > 1
        for target in tier
    }


def _reason(
    plan: RoutePlan, target: PlannedTarget, tier: tuple[PlannedTarget, ...], asked: Asked
) -> str:
    share = _share(target, tier)
    if plan.strategy is Strategy.WEIGHTED:
        return f"{share} of requests"
    if plan.strategy is Strategy.CHEAPEST:
        return _price(target, asked)
    if plan.strategy is Strategy.STICKY:
        return f"{share} of {_marks(plan.sticky)}, the same ones each time"
    alike = len({each.weight for each in tier}) == 1
    return _BY_LOAD[plan.strategy] + ("" if alike else f", for a weight of {target.weight:g}")


def _share(target: PlannedTarget, tier: tuple[PlannedTarget, ...]) -> str:
    return f"{100.0 * target.weight / sum(each.weight for each in tier):.3g} %"


def _price(target: PlannedTarget, asked: Asked) -> str:
    dollars = target.dollars(asked.needs.input_tokens, asked.output_tokens)
    if dollars is None:
        return "price unknown, so last"
    return f"${dollars:.6f} for this request, if the answer has {asked.output_tokens} tokens"


def _marks(sticky: Stickiness | None) -> str:
    if sticky is None or sticky.by is StickyBy.PROMPT_PREFIX:
        return "prompts, by their beginning"
    return "keys" if sticky.by is StickyBy.KEY else f"values of the header {sticky.header}"
