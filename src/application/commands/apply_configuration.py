"""Apply the configuration file: store what it declares anew, take away what it no longer does.

An entry is compared with what the file said last time, not with the store: so an edit over the API
stays until the file itself changes that entry, and what was made over the API is left alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from turnout.application.commands.digest import digest
from turnout.application.commands.entries import (
    KEPT,
    EntryChange,
    EntryChanges,
    Outcome,
    put_chain,
    put_provider,
    take_away,
    unless_overtaken,
)
from turnout.application.commands.target_check import check_targets
from turnout.application.ports.unit_of_work import UnitOfWork
from turnout.domain.catalog.provider import Provider, ProviderSettings
from turnout.domain.routing.fallback_chain import ChainRules
from turnout.domain.shared.ids import ChainId, ProviderId


@dataclass(frozen=True, slots=True)
class DeclaredConfiguration:
    """All that the file declares."""

    providers: Mapping[ProviderId, ProviderSettings]
    chains: Mapping[ChainId, ChainRules]


@dataclass(frozen=True, slots=True)
class AppliedConfiguration:
    """What became of each entry, `provider:NAME` or `chain:NAME`.

    `dangling` are targets (`CHAIN: TARGET`) whose provider was taken away by this.
    """

    changes: EntryChanges
    dangling: tuple[str, ...] = ()

    def named(self, outcome: Outcome) -> tuple[str, ...]:
        """Return the entries with this outcome, sorted."""
        found = (key for key, change in self.changes.items() if change.outcome is outcome)
        return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class ApplyConfigurationHandler:
    """Raises DomainError `provider.*`, `chain.*`; then nothing was applied."""

    begin: Callable[[], UnitOfWork]

    async def __call__(
        self, declared: DeclaredConfiguration, *, dry_run: bool = False
    ) -> AppliedConfiguration:
        """Bring the store to what the file declares, in one transaction.

        A dry run does everything but commit it.
        """
        return await unless_overtaken(lambda: self._apply(declared, dry_run))

    async def _apply(self, declared: DeclaredConfiguration, dry_run: bool) -> AppliedConfiguration:
        async with self.begin() as work:
            before = await work.declarations.digests()
            changes = await _put_providers(work, declared, before)
            changes |= await _put_chains(work, declared, before)
            for key in [key for key in before if key not in changes]:
                changes[key] = await take_away(work, key)
                await work.declarations.remove(key)
            dangling = await _dangling(work, changes)
            if not dry_run:
                await work.commit()
        return AppliedConfiguration(changes, dangling)


async def _put_providers(
    work: UnitOfWork, declared: DeclaredConfiguration, before: Mapping[str, str]
) -> dict[str, EntryChange]:
    changes: dict[str, EntryChange] = {}
    for id, settings in declared.providers.items():
        key, new = f"provider:{id}", digest(settings)
        changes[key] = KEPT
        if before.get(key) != new:
            changes[key] = await put_provider(work, id, settings)
            await work.declarations.put(key, new)
    return changes


async def _put_chains(
    work: UnitOfWork, declared: DeclaredConfiguration, before: Mapping[str, str]
) -> dict[str, EntryChange]:
    # A declared provider counts as there even if it was retired over the API since.
    providers = {provider.id: provider for provider in await work.providers.list()}
    providers |= {id: Provider(id, settings) for id, settings in declared.providers.items()}
    changes: dict[str, EntryChange] = {}
    for id, rules in declared.chains.items():
        key, new = f"chain:{id}", digest(rules)
        changes[key] = KEPT
        if before.get(key) != new:
            check_targets(id, rules, providers)
            changes[key] = await put_chain(work, id, rules)
            await work.declarations.put(key, new)
    return changes


async def _dangling(work: UnitOfWork, changes: EntryChanges) -> tuple[str, ...]:
    return tuple(
        f"{chain.id}: {target}"
        for chain in await work.chains.list()
        for tier in chain.rules.tiers
        for target in tier
        if changes.get(f"provider:{target.provider}", KEPT).outcome is Outcome.REMOVED
    )
