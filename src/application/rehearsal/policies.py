"""The policies that a rehearsal compares: each left out in turn, and all of them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.routing.retry_budget import RetryBudget
from turnout.domain.routing.route import Route
from turnout.domain.routing.routing_policy import Strategy

_NEVER = 10**9
NO_CIRCUITS = CircuitLimits(strikes_to_open=_NEVER, least_calls=_NEVER)
"""Limits that nothing reaches."""
NO_LIMIT = ConcurrencyRules(adaptive=False)
"""Rules that let everything pass."""


@dataclass(frozen=True, slots=True)
class Policies:
    """What is in force; `limits` are those of concurrency.

    `strategy`, when given, takes the place of the chain's own.
    """

    name: str = "as configured"
    retries: bool = True
    circuits: bool = True
    fallback: bool = True
    rescue: bool = True
    hedging: bool = True
    limits: bool = True
    strategy: Strategy | None = None

    def retry_budget(self) -> RetryBudget:
        """Return a budget, empty for ever where there are no retries."""
        return RetryBudget() if self.retries else RetryBudget(share=0.0, reserve=0.0)

    def applied_to(self, route: Route) -> Route:
        """Return the route as it is under these policies: without fallback its first tier alone."""
        return replace(
            route,
            tiers=route.tiers if self.fallback else route.tiers[:1],
            rescue=route.rescue and self.rescue,
            hedge=route.hedge if self.hedging else None,
            strategy=self.strategy or route.strategy,
        )


AS_CONFIGURED = Policies()
BARE = Policies(
    "none of these",
    retries=False,
    circuits=False,
    fallback=False,
    rescue=False,
    hedging=False,
    limits=False,
)


def compared(route: Route) -> Iterator[Policies]:
    """Yield what is worth comparing for `route`: it, it without each policy, and without any."""
    yield AS_CONFIGURED
    yield Policies("no retries", retries=False)
    yield Policies("no circuits", circuits=False)
    if len(route.tiers) > 1:
        yield Policies("no fallback", fallback=False)
    if route.rescue:
        yield Policies("no rescue", rescue=False)
    if route.hedge is not None:
        yield Policies("no hedging", hedging=False)
    yield Policies("no concurrency limit", limits=False)
    yield BARE
    if any(len(tier) > 1 for tier in route.tiers):
        for strategy in Strategy:
            if strategy is not route.strategy:
                yield Policies(strategy.value, strategy=strategy)
