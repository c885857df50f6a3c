"""A route as somebody sees it who may not use all of it."""

from collections.abc import Callable
from dataclasses import replace

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.routing.route import Candidate, Route

Allows = Callable[[Deployment], bool]

NOT_ALLOWED = "not_allowed"
"""The rule of a Drop whose target the caller's access key may not use."""


def narrowed(route: Route, allows: Allows) -> Route | None:
    """Return `route` without the deployments that `allows` refuses; None if none is left."""
    offered = [d for tier in route.tiers for each in tier for d in each.deployments]
    if offered and not any(map(allows, offered)):
        return None
    tiers = tuple(tuple(_narrowed(each, allows) for each in tier) for tier in route.tiers)
    return replace(route, tiers=tiers)


def _narrowed(candidate: Candidate, allows: Allows) -> Candidate:
    kept = tuple(deployment for deployment in candidate.deployments if allows(deployment))
    if len(kept) == len(candidate.deployments):
        return candidate
    out = candidate.out
    if not kept and out is None:
        out = (NOT_ALLOWED, f"the access key may not use {candidate.via}")
    return replace(candidate, deployments=kept, out=out)
