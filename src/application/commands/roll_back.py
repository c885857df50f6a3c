"""Roll back: bring all providers and chains to what they were as of a past revision.

What the file declares is remembered as it is, so that an entry stays as rolled back until the file
itself changes it, like any edit over the API.
"""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.commands.entries import (
    EntryChange,
    EntryChanges,
    put_chain,
    put_provider,
    take_away,
    unless_overtaken,
)
from turnout.application.ports.catalog_source import StoredCatalog
from turnout.application.ports.history import History
from turnout.application.ports.unit_of_work import UnitOfWork
from turnout.domain.shared.errors import DomainError


@dataclass(frozen=True, slots=True)
class RollBack:
    """To which revision."""

    revision: int


@dataclass(frozen=True, slots=True)
class RollBackHandler:
    """Raises DomainError `history.unknown`; then, and for any other error, nothing has changed."""

    begin: Callable[[], UnitOfWork]
    history: History

    async def __call__(self, command: RollBack) -> EntryChanges:
        """Make the past the present, as a new revision unless it is so already."""
        catalog = await self.history.catalog(command.revision)
        if catalog is None:
            raise DomainError("history.unknown", await self._unknown(command.revision))
        return await unless_overtaken(lambda: self._bring_back(catalog))

    async def _bring_back(self, catalog: StoredCatalog) -> EntryChanges:
        changes: dict[str, EntryChange] = {}
        async with self.begin() as work:
            there = [f"provider:{provider.id}" for provider in await work.providers.list()]
            there += [f"chain:{chain.id}" for chain in await work.chains.list()]
            for provider in catalog.providers:
                key = f"provider:{provider.id}"
                changes[key] = await put_provider(work, provider.id, provider.settings)
            for chain in catalog.chains:
                changes[f"chain:{chain.id}"] = await put_chain(work, chain.id, chain.rules)
            for key in [key for key in there if key not in changes]:
                changes[key] = await take_away(work, key)
            await work.commit()
        return changes

    async def _unknown(self, revision: int) -> str:
        kept = [past.revision for past in await self.history.revisions()]
        if not kept:
            return f"revision {revision} is not kept: nothing has been stored yet"
        near = sorted(sorted(kept, key=lambda each: abs(each - revision))[:3])
        return (
            f"revision {revision} is not kept: expected one of the {len(kept)} "
            f"from {kept[-1]} to {kept[0]}, such as {', '.join(map(str, near))}"
        )
