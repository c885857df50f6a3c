"""Route: a chain bound to the deployments that exist now, ready to be planned for a request."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from sys import maxsize
from types import MappingProxyType
from typing import Any

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.provider import Provider
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.inference.failure import FailureKind
from turnout.domain.routing.cache_policy import CacheRules
from turnout.domain.routing.fallback_chain import (
    DEADLINE_SECONDS,
    MAX_ATTEMPTS,
    FallbackChain,
    Target,
)
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.route_plan import Drop, PlannedTarget, RoutePlan
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.routing.stickiness import Stickiness
from turnout.domain.shared.ids import DeploymentId, ProviderId

Reason = tuple[str, str]
"""Why something is left out: a stable rule, and words for people."""
AccountsOut = Mapping[ProviderId, Mapping[int, Reason]]
"""Of providers that can be used, the accounts that cannot, by their number from 1."""
NONE_OUT: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A target with the deployments it may stand for, in order of preference.

    `out` says why it cannot be used at all (`provider_disabled`, ...), whatever the request;
    `accounts` are those of the provider that can be used, `accounts_out` says why others cannot.
    """

    via: str
    weight: int
    deployments: tuple[Deployment, ...]
    out: Reason | None = None
    accounts: tuple[int, ...] = (1,)
    accounts_out: Mapping[int, Reason] = field(default_factory=dict)

    def targets(self, chosen: Deployment, tier: int) -> Iterator[PlannedTarget]:
        """Yield `chosen` at each account that can be used; they share the weight evenly."""
        share = self.weight / len(self.accounts)
        for number in self.accounts:
            deployment = chosen if number == chosen.account else replace(chosen, account=number)
            yield PlannedTarget(deployment, tier, self.via, share)

    def drops(self, tier: int) -> Iterator[Drop]:
        """Yield the accounts that cannot be used, by number."""
        for number, (rule, detail) in self.accounts_out.items():
            yield Drop(f"{self.via}#{number}", tier, rule, detail)


Tiers = tuple[tuple[Candidate, ...], ...]


@dataclass(frozen=True, slots=True)
class Route:
    """What a caller's model name leads to. Immutable but for a memo of earlier plans."""

    name: str
    tiers: Tiers
    strategy: Strategy = Strategy.WEIGHTED
    sticky: Stickiness | None = None
    deadline_seconds: float = DEADLINE_SECONDS
    max_attempts: int = MAX_ATTEMPTS
    on: frozenset[FailureKind] | None = None
    cache: CacheRules | None = None
    rescue: bool = True
    hedge: HedgeRules | None = None
    _smallest_window: int = field(init=False, repr=False, compare=False)
    _plans: dict[frozenset[Capability], RoutePlan] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        windows = (
            deployment.context_window
            for tier in self.tiers
            for candidate in tier
            for deployment in candidate.deployments
            if deployment.context_window is not None
        )
        object.__setattr__(self, "_smallest_window", min(windows, default=maxsize))

    def deployment(self, provider: str, model: str) -> Deployment | None:
        """Return this deployment if requests may be answered by it as things are now."""
        offered = (
            deployment
            for tier in self.tiers
            for candidate in tier
            if candidate.out is None
            for deployment in candidate.deployments
        )
        return next((d for d in offered if d.provider == provider and d.model == model), None)

    def plan(self, needs: Requirement) -> RoutePlan:
        """Find the deployments that can serve `needs`; record a reason for each target left out.

        No deployment appears twice.
        """
        # A prompt that every window holds leaves only the capabilities to decide, and routes meet
        # the same few sets of those again and again.
        if needs.input_tokens > self._smallest_window:
            return _plan(self, needs)
        plan = self._plans.get(needs.capabilities)
        if plan is None:
            plan = self._plans[needs.capabilities] = _plan(self, needs)
        return plan


def _plan(route: Route, needs: Requirement) -> RoutePlan:
    taken: set[DeploymentId] = set()
    drops: list[Drop] = []
    targets: list[PlannedTarget] = []
    for number, tier in enumerate(route.tiers):
        for candidate in tier:
            found = _choose(candidate, needs, taken)
            if isinstance(found, Deployment):
                taken.add(found.id)
                targets += candidate.targets(found, number)
                drops += candidate.drops(number)
            else:
                drops.append(Drop(candidate.via, number, *found))
    return RoutePlan(route.name, tuple(targets), tuple(drops), route.strategy, route.sticky)


def _choose(
    candidate: Candidate, needs: Requirement, taken: set[DeploymentId]
) -> Deployment | tuple[str, str]:
    if candidate.out is not None:
        return candidate.out
    reason = ("no_model", f"{candidate.via} has no model")
    for deployment in candidate.deployments:
        misfit = deployment.misfit(needs)
        if misfit is not None:
            reason = (misfit.rule, misfit.detail)
        elif deployment.id in taken:
            reason = ("duplicate", f"{deployment.id} stands earlier in this route")
        else:
            return deployment
    return reason


def candidate(
    target: Target,
    provider: Provider | None,
    unusable: Mapping[ProviderId, Reason],
    accounts_out: AccountsOut = NONE_OUT,
) -> Candidate:
    """Bind `target` to what its provider offers now; `unusable` tells why a provider is out."""
    via = str(target)
    if provider is None:
        return Candidate(via, target.weight, (), ("unknown_provider", f"no provider {via!r}"))
    if provider.id in unusable:
        return Candidate(via, target.weight, (), unusable[provider.id])
    deployments = provider.settings.deployments
    if target.model is not None:
        deployment = provider.deployment(target.model)
        if deployment is None:
            return Candidate(via, target.weight, (), ("unknown_model", f"no model {via!r}"))
        deployments = (deployment,)
    out = accounts_out.get(provider.id, NONE_OUT)
    accounts = tuple(number for number in provider.accounts if number not in out)
    return Candidate(via, target.weight, deployments, None, accounts, out)


def bind(
    chain: FallbackChain,
    providers: Mapping[ProviderId, Provider],
    unusable: Mapping[ProviderId, Reason],
    accounts_out: AccountsOut = NONE_OUT,
) -> Route:
    """Bind a chain to the providers that exist now."""
    rules = chain.rules
    tiers = tuple(
        tuple(
            candidate(target, providers.get(target.provider), unusable, accounts_out)
            for target in tier
        )
        for tier in rules.tiers
    )
    return Route(
        name=chain.id,
        tiers=tiers,
        strategy=rules.strategy,
        sticky=rules.stickiness,
        deadline_seconds=rules.deadline_seconds,
        max_attempts=rules.max_attempts,
        on=rules.on,
        cache=rules.cache,
        rescue=rules.rescue,
        hedge=rules.hedge,
    )


def by_priority(offers: Iterable[tuple[Provider, Target]]) -> tuple[tuple[Target, ...], ...]:
    """Group targets into tiers by their providers' priority, lowest number first."""
    groups: dict[int, list[Target]] = {}
    for provider, target in offers:
        groups.setdefault(provider.settings.priority, []).append(target)
    return tuple(tuple(groups[priority]) for priority in sorted(groups))


def offers_of(model: str, providers: Sequence[Provider]) -> Iterator[tuple[Provider, Target]]:
    """Yield every provider that offers `model`, by name or alias, with its target."""
    for provider in providers:
        if provider.deployment(model) is not None:
            yield provider, Target(provider.id, model, provider.settings.weight)
