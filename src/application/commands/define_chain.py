"""Define a fallback chain."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.commands.target_check import check_targets
from turnout.application.ports.unit_of_work import UnitOfWork
from turnout.domain.routing.fallback_chain import ChainRules, FallbackChain
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ChainId


@dataclass(frozen=True, slots=True)
class DefineChain:
    """Make a chain known under a name that is not taken."""

    id: ChainId
    rules: ChainRules


@dataclass(frozen=True, slots=True)
class DefineChainHandler:
    """Raises DomainError `chain.exists`, `chain.unknown_target`, `chain.unknown_model`, ..."""

    begin: Callable[[], UnitOfWork]

    async def __call__(self, command: DefineChain) -> None:
        """Store the new chain."""
        async with self.begin() as work:
            if await work.chains.get(command.id) is not None:
                raise DomainError("chain.exists", f"there is a chain {command.id!r} already")
            chain = FallbackChain.define(command.id, command.rules)
            providers = {provider.id: provider for provider in await work.providers.list()}
            check_targets(command.id, command.rules, providers)
            await work.chains.save(chain)
            await work.commit()
