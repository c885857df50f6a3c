"""RoutePlan: for one request, the deployments to try in order, and those left out and why."""

from dataclasses import dataclass

from turnout.domain.catalog.deployment import Deployment


@dataclass(frozen=True, slots=True)
class PlannedTarget:
    """A deployment to try; `tier` numbers from 0, `via` is the chain's own words for it."""

    deployment: Deployment
    tier: int
    via: str


@dataclass(frozen=True, slots=True)
class Drop:
    """A target left out: a stable `rule` (`capability`, `provider_disabled`, ...) and words."""

    target: str
    tier: int
    rule: str
    detail: str


@dataclass(frozen=True, slots=True)
class RoutePlan:
    """What will be tried for one request."""

    route: str
    targets: tuple[PlannedTarget, ...]
    drops: tuple[Drop, ...]
