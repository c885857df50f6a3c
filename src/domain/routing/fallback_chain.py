"""FallbackChain: ordered tiers of targets, and which failures move a request on."""

from dataclasses import dataclass, fields

from turnout.domain.catalog.provider import NAME
from turnout.domain.inference.failure import DISPOSITIONS, FailureKind, MovesOn
from turnout.domain.routing.cache_policy import CacheRules
from turnout.domain.routing.events import (
    FallbackChainDefined,
    FallbackChainRemoved,
    FallbackChainRevised,
)
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.routing.stickiness import Stickiness, StickyBy
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.events import Recorder
from turnout.domain.shared.ids import ChainId, ProviderId

MAX_ATTEMPTS = 6
DEADLINE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Target:
    """A step of a chain: a provider, or one model of it, and its share within the tier.

    Without `model`, the provider's best fitting model is taken for each request.
    """

    provider: ProviderId
    model: str | None = None
    weight: int = 1

    @classmethod
    def parse(cls, text: str, *, weight: int = 1) -> "Target":
        """Read `provider` or `provider/model`; only the first slash divides."""
        provider, slash, model = text.partition("/")
        return cls(ProviderId(provider), model if slash else None, weight)

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}" if self.model is not None else self.provider


Tier = tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class ChainRules:
    """All that the operator says of a chain.

    Tiers are tried in order; within a tier `strategy` orders the targets. `deadline_seconds`
    bounds all attempts together. `on`, when given, is the whole list of failure kinds that move on.
    `cache` overrides the gateway's cache policy. `rescue` lets another target go on with a stream
    of plain text that breaks off. `sticky` tells what requests have in common that go to the same
    target; it goes with the strategy of that name. `hedge` lets a second attempt start beside a
    slow first one.
    """

    tiers: tuple[Tier, ...]
    strategy: Strategy = Strategy.WEIGHTED
    deadline_seconds: float = DEADLINE_SECONDS
    max_attempts: int = MAX_ATTEMPTS
    on: frozenset[FailureKind] | None = None
    cache: CacheRules | None = None
    rescue: bool = True
    sticky: Stickiness | None = None
    hedge: HedgeRules | None = None

    @property
    def stickiness(self) -> Stickiness | None:
        """What requests stick by, if they do: usually the prompt's beginning."""
        if self.strategy is not Strategy.STICKY:
            return None
        return self.sticky or Stickiness(StickyBy.PROMPT_PREFIX)


@dataclass(slots=True, eq=False)
class FallbackChain(Recorder):
    """Aggregate root. It refuses rules that make no sense; see `_check`."""

    id: ChainId
    rules: ChainRules

    @classmethod
    def define(cls, id: ChainId, rules: ChainRules) -> "FallbackChain":
        """Make a chain known. Raises DomainError `chain.*`."""
        _check(id, rules)
        chain = cls(id, rules)
        chain.record(FallbackChainDefined(id))
        return chain

    def revise(self, rules: ChainRules) -> tuple[str, ...]:
        """Take new rules whole, or none of them; return the names of what changed.

        Raises DomainError `chain.*`.
        """
        _check(self.id, rules)
        changed = tuple(
            f.name for f in fields(rules) if getattr(rules, f.name) != getattr(self.rules, f.name)
        )
        if changed:
            self.rules = rules
            self.record(FallbackChainRevised(self.id, changed))
        return changed

    def remove(self) -> None:
        """Take leave."""
        self.record(FallbackChainRemoved(self.id))

    @property
    def providers(self) -> frozenset[ProviderId]:
        """The providers that some target names."""
        return frozenset(target.provider for tier in self.rules.tiers for target in tier)


def moves_on(on: frozenset[FailureKind] | None, kind: FailureKind) -> MovesOn:
    """Tell whether `kind` sends a request to the next target under a chain's `on` list.

    A kind that `on` names always moves on, except that CONTEXT_TOO_LONG still asks for a larger
    window, since a smaller one cannot help.
    """
    usual = DISPOSITIONS[kind].moves_on
    if on is None:
        return usual
    if kind not in on:
        return MovesOn.NEVER
    return usual if usual is MovesOn.IF_LARGER else MovesOn.ALWAYS


def _check(id: ChainId, rules: ChainRules) -> None:
    if not NAME.fullmatch(id):
        raise DomainError(
            "chain.name",
            f"chain name {id!r}: expected letters, digits, '_', '-' or '.', at most 63, "
            "starting with a letter or digit",
        )
    if not rules.tiers or not all(rules.tiers):
        raise DomainError("chain.empty", f"{id}: a chain and each of its tiers need a target")
    if not rules.deadline_seconds > 0:
        raise DomainError(
            "chain.deadline", f"{id}: deadline_seconds is {rules.deadline_seconds}, expected > 0"
        )
    if rules.max_attempts < 1:
        raise DomainError(
            "chain.max_attempts", f"{id}: max_attempts is {rules.max_attempts}, expected >= 1"
        )
    ttl_seconds = rules.cache.ttl_seconds if rules.cache is not None else None
    if ttl_seconds is not None and not ttl_seconds > 0:
        raise DomainError(
            "chain.cache_ttl", f"{id}: cache.ttl_seconds is {ttl_seconds}, expected > 0"
        )
    if rules.sticky is not None and rules.strategy is not Strategy.STICKY:
        raise DomainError(
            "chain.sticky",
            f"{id}: strategy is {rules.strategy.value!r}, expected 'sticky' since sticky is given",
        )
    seen: set[str] = set()
    for target in (target for tier in rules.tiers for target in tier):
        _check_target(id, target, seen)


def _check_target(id: ChainId, target: Target, seen: set[str]) -> None:
    if not target.provider or target.model == "":
        raise DomainError(
            "chain.target", f"{id}: target {str(target)!r}: expected provider or provider/model"
        )
    if target.weight < 1:
        raise DomainError(
            "chain.weight", f"{id}: weight of {target} is {target.weight}, expected >= 1"
        )
    if str(target) in seen:
        raise DomainError("chain.duplicate_target", f"{id}: {target} is named twice")
    seen.add(str(target))
