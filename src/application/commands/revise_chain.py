"""Revise a fallback chain: only what is given changes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypedDict

from turnout.application.commands.target_check import check_targets
from turnout.application.ports.unit_of_work import UnitOfWork
from turnout.domain.inference.failure import FailureKind
from turnout.domain.routing.cache_policy import CacheRules
from turnout.domain.routing.fallback_chain import Tier
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.routing.stickiness import Stickiness
from turnout.domain.shared.errors import unknown
from turnout.domain.shared.ids import ChainId


class ChainChanges(TypedDict, total=False):
    """New values for some rules; tiers are replaced whole."""

    tiers: tuple[Tier, ...]
    strategy: Strategy
    deadline_seconds: float
    max_attempts: int
    on: frozenset[FailureKind] | None
    rescue: bool
    cache: CacheRules | None
    sticky: Stickiness | None
    hedge: HedgeRules | None


@dataclass(frozen=True, slots=True)
class ReviseChain:
    """Change what `changes` gives and nothing else."""

    id: ChainId
    changes: ChainChanges


@dataclass(frozen=True, slots=True)
class ReviseChainHandler:
    """Raises DomainError `chain.unknown`, `chain.changed_meanwhile`, `chain.*`."""

    begin: Callable[[], UnitOfWork]

    async def __call__(self, command: ReviseChain) -> tuple[str, ...]:
        """Store the changes; return the names of the rules that are different now.

        Targets are looked at only when they change, so that a chain with a retired provider can
        still be given another deadline.
        """
        async with self.begin() as work:
            chain = await work.chains.get(command.id)
            if chain is None:
                raise unknown("chain", command.id, [c.id for c in await work.chains.list()])
            changed = chain.revise(replace(chain.rules, **command.changes))
            if "tiers" in changed:
                providers = {provider.id: provider for provider in await work.providers.list()}
                check_targets(command.id, chain.rules, providers)
            if changed:
                await work.chains.save(chain)
                await work.commit()
        return changed
