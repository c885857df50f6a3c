"""A plan without the targets that a budget keeps from being asked."""

from dataclasses import replace

from turnout.domain.inference.metering import Meter
from turnout.domain.routing.route_plan import Drop, RoutePlan


def barred(plan: RoutePlan, meter: Meter) -> RoutePlan:
    """Return `plan` with those targets dropped, each with its reason."""
    targets, drops = [], list(plan.drops)
    for target in plan.targets:
        deployment = target.deployment
        reason = meter.bars(deployment.provider, is_priced=deployment.price is not None)
        if reason is None:
            targets.append(target)
        else:
            drops.append(Drop(target.via, target.tier, *reason))
    return replace(plan, targets=tuple(targets), drops=tuple(drops))
