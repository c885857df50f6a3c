"""Revise a provider: only what is given changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypedDict

from turnout.application.commands.register_provider import vetted
from turnout.application.ports.addresses import AddressCheck, any_address
from turnout.application.ports.unit_of_work import UnitOfWork
from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.catalog.connecting import Connecting
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.probe_rules import ProbeRules
from turnout.domain.catalog.provider import Provider, ProviderSettings
from turnout.domain.inference.request import WireProtocol
from turnout.domain.shared.errors import unknown
from turnout.domain.shared.ids import ProviderId

_PLACES = {"base_url", "options", "protocol", "vendor"}
"""The settings that say where a provider is."""


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
    """Raises DomainError `provider.unknown`, `provider.changed_meanwhile`, `provider.address`,
    `provider.*`."""

    begin: Callable[[], UnitOfWork]
    check: AddressCheck = any_address

    async def __call__(self, command: ReviseProvider) -> tuple[str, ...]:
        """Store the changes; return the names of the settings that are different now."""
        moved = await self._moved(command)
        async with self.begin() as work:
            provider = await _known(work, command.id)
            settings = _revised(provider.settings, command)
            if moved is not None:
                settings = replace(settings, connecting=moved)
            changed = provider.revise(settings)
            if changed:
                await work.providers.save(provider)
                await work.commit()
        return changed

    async def _moved(self, command: ReviseProvider) -> Connecting | None:
        """Look at where the provider is to be from now on; None if it stays where it is.

        This may take seconds, so no unit of work is open meanwhile.
        """
        if not _PLACES & command.changes.keys():
            return None
        async with self.begin() as work:
            settings = _revised((await _known(work, command.id)).settings, command)
        Provider.register(command.id, settings)  # bad settings have no address to look at
        return (await vetted(settings, self.check)).connecting


async def _known(work: UnitOfWork, id: ProviderId) -> Provider:
    provider = await work.providers.get(id)
    if provider is None:
        raise unknown("provider", id, [each.id for each in await work.providers.list()])
    return provider


def _revised(settings: ProviderSettings, command: ReviseProvider) -> ProviderSettings:
    timeouts = replace(settings.timeouts, **command.timeouts)
    return replace(settings, timeouts=timeouts, **command.changes)
