"""Retire a provider."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.ports.unit_of_work import UnitOfWork
from turnout.domain.shared.errors import DomainError, unknown
from turnout.domain.shared.ids import ProviderId


@dataclass(frozen=True, slots=True)
class RetireProvider:
    """Take a provider away. With `force` also from under chains, which then pass over it."""

    id: ProviderId
    force: bool = False


@dataclass(frozen=True, slots=True)
class RetireProviderHandler:
    """Raises DomainError `provider.unknown`, `provider.in_use`, `provider.changed_meanwhile`."""

    begin: Callable[[], UnitOfWork]

    async def __call__(self, command: RetireProvider) -> None:
        """Remove the provider from the store."""
        async with self.begin() as work:
            provider = await work.providers.get(command.id)
            if provider is None:
                raise unknown("provider", command.id, [p.id for p in await work.providers.list()])
            if not command.force:
                await _refuse_if_in_use(work, command.id)
            provider.retire()
            await work.providers.remove(provider)
            await work.commit()


async def _refuse_if_in_use(work: UnitOfWork, id: ProviderId) -> None:
    using = [chain.id for chain in await work.chains.list() if id in chain.providers]
    if using:
        raise DomainError(
            "provider.in_use",
            f"{id} is named by the chains {', '.join(using)}: change those first, or use force",
        )
