"""Remove a fallback chain."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.ports.unit_of_work import UnitOfWork
from turnout.domain.shared.errors import unknown
from turnout.domain.shared.ids import ChainId


@dataclass(frozen=True, slots=True)
class RemoveChain:
    """Take a chain away."""

    id: ChainId


@dataclass(frozen=True, slots=True)
class RemoveChainHandler:
    """Raises DomainError `chain.unknown`, `chain.changed_meanwhile`."""

    begin: Callable[[], UnitOfWork]

    async def __call__(self, command: RemoveChain) -> None:
        """Remove the chain from the store."""
        async with self.begin() as work:
            chain = await work.chains.get(command.id)
            if chain is None:
                raise unknown("chain", command.id, [c.id for c in await work.chains.list()])
            chain.remove()
            await work.chains.remove(chain)
            await work.commit()
