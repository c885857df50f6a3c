"""What happens to fallback chains."""

from dataclasses import dataclass

from turnout.domain.shared.events import DomainEvent
from turnout.domain.shared.ids import ChainId


@dataclass(frozen=True, slots=True)
class FallbackChainDefined(DomainEvent):
    """Callers can use this chain as a model."""

    chain: ChainId


@dataclass(frozen=True, slots=True)
class FallbackChainRevised(DomainEvent):
    """A chain's tiers or rules have changed; `changed` names what."""

    chain: ChainId
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FallbackChainRemoved(DomainEvent):
    """A chain is gone."""

    chain: ChainId
