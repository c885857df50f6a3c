"""What happens to providers."""

from dataclasses import dataclass

from turnout.domain.shared.events import DomainEvent
from turnout.domain.shared.ids import ProviderId


@dataclass(frozen=True, slots=True)
class ProviderRegistered(DomainEvent):
    """A provider can now be called."""

    provider: ProviderId


@dataclass(frozen=True, slots=True)
class ProviderRevised(DomainEvent):
    """A provider's settings have changed; `changed` names them."""

    provider: ProviderId
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProviderRetired(DomainEvent):
    """A provider is gone."""

    provider: ProviderId
