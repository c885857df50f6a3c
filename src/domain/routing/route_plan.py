"""RoutePlan: for one request, the deployments that may serve it, and those left out and why."""

from dataclasses import dataclass, field
from itertools import groupby

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.routing.rendezvous import fingerprint
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.routing.stickiness import Stickiness
from turnout.domain.shared.ids import DeploymentId


@dataclass(frozen=True, slots=True)
class PlannedTarget:
    """A deployment to try; `tier` numbers from 0, `via` is the chain's own words for it.

    `weight` is its share among those of its tier, `id` the name of what is known of it, `lot` what
    stands for it where requests stick.
    """

    deployment: Deployment
    tier: int
    via: str
    weight: float = 1.0
    id: DeploymentId = field(init=False, compare=False)
    lot: int = field(init=False, repr=False, compare=False)
    _dollars: tuple[float, float] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        price = self.deployment.price
        dollars = None if price is None else (float(price.input) / 1e6, float(price.output) / 1e6)
        object.__setattr__(self, "id", self.deployment.id)
        object.__setattr__(self, "lot", fingerprint(self.id))
        object.__setattr__(self, "_dollars", dollars)

    def dollars(self, input_tokens: int, output_tokens: int) -> float | None:
        """Return about what so many tokens cost here, None where the price is unknown."""
        if self._dollars is None:
            return None
        return self._dollars[0] * input_tokens + self._dollars[1] * output_tokens


@dataclass(frozen=True, slots=True)
class Drop:
    """A target left out: a stable `rule` (`capability`, `provider_disabled`, ...) and words."""

    target: str
    tier: int
    rule: str
    detail: str


@dataclass(frozen=True, slots=True)
class RoutePlan:
    """What may be tried for one request.

    `targets` stand by tier and, within one, as the operator named them: `strategy` orders those of
    a tier for each request anew, once it is their turn. `tiers` are the same; none is empty.
    """

    route: str
    targets: tuple[PlannedTarget, ...]
    drops: tuple[Drop, ...]
    strategy: Strategy = Strategy.WEIGHTED
    sticky: Stickiness | None = None
    tiers: tuple[tuple[PlannedTarget, ...], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        tiers = groupby(self.targets, lambda target: target.tier)
        object.__setattr__(self, "tiers", tuple(tuple(tier) for _, tier in tiers))
