"""Revise a provider: only what is given changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypedDict

from turnout.application.ports.unit_of_work import UnitOfWork
from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.probe_rules import ProbeRules
from turnout.domain.catalog.provider import ProviderSettings
from turnout.domain.inference.request import WireProtocol
from turnout.domain.shared.errors import unknown
from turnout.domain.shared.ids import ProviderId


class ProviderChanges(TypedDict, total=False):
    """New values for some settings; mappings, deployments and rules are replaced whole."""

    vendor: str
    protocol: WireProtocol
    base_url: str
    credential: str | None
    further_credentials: tuple[str, ...]
    enabled: bool
    weight: int
    priority: int
    headers: Mapping[str, str]
    options: Mapping[str, str]
    deployments: tuple[Deployment, ...]
    circuit: CircuitLimits
    probe: ProbeRules
    concurrency: ConcurrencyRules


class TimeoutChanges(TypedDict, total=False):
    """New values for some time-outs."""

    connect_seconds: float
    first_token_seconds: float | None
    between_tokens_seconds: float | None
    total_seconds: float


@dataclass(frozen=True, slots=True)
class ReviseProvider:
    """Change what `changes` and `timeouts` give and nothing else."""

    id: ProviderId
    changes: ProviderChanges
    timeouts: TimeoutChanges = field(default_factory=TimeoutChanges)


@dataclass(frozen=True, slots=True)
class ReviseProviderHandler:
    """Raises DomainError `provider.unknown`, `provider.changed_meanwhile`, `provider.*`."""

    begin: Callable[[], UnitOfWork]

    async def __call__(self, command: ReviseProvider) -> tuple[str, ...]:
        """Store the changes; return the names of the settings that are different now."""
        async with self.begin() as work:
            provider = await work.providers.get(command.id)
            if provider is None:
                raise unknown("provider", command.id, [p.id for p in await work.providers.list()])
            changed = provider.revise(_revised(provider.settings, command))
            if changed:
                await work.providers.save(provider)
                await work.commit()
        return changed


def _revised(settings: ProviderSettings, command: ReviseProvider) -> ProviderSettings:
    timeouts = replace(settings.timeouts, **command.timeouts)
    return replace(settings, timeouts=timeouts, **command.changes)
