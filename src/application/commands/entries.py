"""Bringing single entries of the store to what somebody says of them, and telling what that was."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from turnout.application.commands.differences import FieldChange, differences
from turnout.application.ports.unit_of_work import UnitOfWork
from turnout.domain.catalog.provider import Provider, ProviderSettings
from turnout.domain.routing.fallback_chain import ChainRules, FallbackChain
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ChainId, ProviderId

TRIES = 5
"""Replicas that start together apply the same file at once; all but one must look again."""

Result = TypeVar("Result")


class Outcome(StrEnum):
    """What became of an entry."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    KEPT = "kept"
    """The store has it so already, or may keep it as it is."""


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What became of an entry, and of which fields if it was changed."""

    outcome: Outcome
    fields: tuple[FieldChange, ...] = ()


EntryChanges = Mapping[str, EntryChange]
"""By entry: `provider:NAME`, `chain:NAME`."""

KEPT = EntryChange(Outcome.KEPT)
ADDED = EntryChange(Outcome.ADDED)
REMOVED = EntryChange(Outcome.REMOVED)


async def put_provider(work: UnitOfWork, id: ProviderId, settings: ProviderSettings) -> EntryChange:
    """Register or revise a provider. Raises DomainError `provider.*`."""
    provider = await work.providers.get(id)
    if provider is None:
        await work.providers.save(Provider.register(id, settings))
        return ADDED
    before = provider.settings
    if not provider.revise(settings):
        return KEPT
    await work.providers.save(provider)
    return EntryChange(Outcome.CHANGED, differences(before, settings))


async def put_chain(work: UnitOfWork, id: ChainId, rules: ChainRules) -> EntryChange:
    """Define or revise a chain. Raises DomainError `chain.*`."""
    chain = await work.chains.get(id)
    if chain is None:
        await work.chains.save(FallbackChain.define(id, rules))
        return ADDED
    before = chain.rules
    if not chain.revise(rules):
        return KEPT
    await work.chains.save(chain)
    return EntryChange(Outcome.CHANGED, differences(before, rules))


async def take_away(work: UnitOfWork, key: str) -> EntryChange:
    """Retire or remove the entry `key`, if it is there."""
    kind, _, name = key.partition(":")
    if kind == "provider":
        provider = await work.providers.get(ProviderId(name))
        if provider is not None:
            provider.retire()
            await work.providers.remove(provider)
    else:
        chain = await work.chains.get(ChainId(name))
        if chain is not None:
            chain.remove()
            await work.chains.remove(chain)
    return REMOVED


async def unless_overtaken(run: Callable[[], Awaitable[Result]]) -> Result:
    """Run, and run again if somebody else has changed the store meanwhile, a few times."""
    for _ in range(TRIES - 1):
        try:
            return await run()
        except DomainError as error:
            if not error.code.endswith(".changed_meanwhile"):
                raise
    return await run()
