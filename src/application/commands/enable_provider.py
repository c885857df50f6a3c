"""Enable or disable a provider."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.commands.revise_provider import ReviseProvider, ReviseProviderHandler
from turnout.application.ports.unit_of_work import UnitOfWork
from turnout.domain.shared.ids import ProviderId


@dataclass(frozen=True, slots=True)
class EnableProvider:
    """Let requests reach a provider, or keep them away."""

    id: ProviderId
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class EnableProviderHandler:
    """Raises DomainError `provider.unknown`, `provider.changed_meanwhile`."""

    begin: Callable[[], UnitOfWork]

    async def __call__(self, command: EnableProvider) -> None:
        """Store the switch; nothing happens when it stands so already."""
        revise = ReviseProviderHandler(self.begin)
        await revise(ReviseProvider(command.id, {"enabled": command.enabled}))
