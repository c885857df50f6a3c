"""Apply the configuration file: store what it declares anew, take away what it no longer does.

An entry is compared with what the file said last time, not with the store: so an edit over the API
stays until the file itself changes that entry, and what was made over the API is left alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from turnout.application.commands.digest import digest
from turnout.application.commands.target_check import check_targets
from turnout.application.ports.unit_of_work import UnitOfWork
from turnout.domain.catalog.provider import Provider, ProviderSettings
from turnout.domain.routing.fallback_chain import ChainRules, FallbackChain
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ChainId, ProviderId

TRIES = 5
"""Replicas that start together apply the same file at once; all but one must look again."""


@dataclass(frozen=True, slots=True)
class DeclaredConfiguration:
    """All that the file declares."""

    providers: Mapping[ProviderId, ProviderSettings]
    chains: Mapping[ChainId, ChainRules]


class Outcome(StrEnum):
    """What became of an entry."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    KEPT = "kept"
    """The file says the same as last time, or the store had it so already."""


@dataclass(frozen=True, slots=True)
class AppliedConfiguration:
    """The outcome for each entry, `provider:NAME` or `chain:NAME`.

    `dangling` are targets (`CHAIN: TARGET`) whose provider was taken away by this.
    """

    outcomes: Mapping[str, Outcome]
    dangling: tuple[str, ...]

    def named(self, outcome: Outcome) -> tuple[str, ...]:
        """Return the entries with this outcome, sorted."""
        return tuple(sorted(key for key, value in self.outcomes.items() if value is outcome))


@dataclass(frozen=True, slots=True)
class ApplyConfigurationHandler:
    """Raises DomainError `provider.*`, `chain.*`; then nothing was applied."""

    begin: Callable[[], UnitOfWork]

    async def __call__(self, declared: DeclaredConfiguration) -> AppliedConfiguration:
        """Bring the store to what the file declares, in one transaction."""
        for _ in range(TRIES - 1):
            try:
                return await self._apply(declared)
            except DomainError as error:
                if not error.code.endswith(".changed_meanwhile"):
                    raise
        return await self._apply(declared)

    async def _apply(self, declared: DeclaredConfiguration) -> AppliedConfiguration:
        async with self.begin() as work:
            before = await work.declarations.digests()
            outcomes = await _put_providers(work, declared, before)
            outcomes |= await _put_chains(work, declared, before)
            gone = [key for key in before if key not in outcomes]
            outcomes |= await _take_away(work, gone)
            dangling = await _dangling(work, outcomes)
            await work.commit()
        return AppliedConfiguration(outcomes, dangling)


async def _put_providers(
    work: UnitOfWork, declared: DeclaredConfiguration, before: Mapping[str, str]
) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    for id, settings in declared.providers.items():
        key, new = f"provider:{id}", digest(settings)
        outcomes[key] = Outcome.KEPT
        if before.get(key) != new:
            outcomes[key] = await _put_provider(work, id, settings)
            await work.declarations.put(key, new)
    return outcomes


async def _put_provider(work: UnitOfWork, id: ProviderId, settings: ProviderSettings) -> Outcome:
    provider = await work.providers.get(id)
    if provider is None:
        await work.providers.save(Provider.register(id, settings))
        return Outcome.ADDED
    if not provider.revise(settings):
        return Outcome.KEPT
    await work.providers.save(provider)
    return Outcome.CHANGED


async def _put_chains(
    work: UnitOfWork, declared: DeclaredConfiguration, before: Mapping[str, str]
) -> dict[str, Outcome]:
    # A declared provider counts as there even if it was retired over the API since.
    providers = {provider.id: provider for provider in await work.providers.list()}
    providers |= {id: Provider(id, settings) for id, settings in declared.providers.items()}
    outcomes: dict[str, Outcome] = {}
    for id, rules in declared.chains.items():
        key, new = f"chain:{id}", digest(rules)
        outcomes[key] = Outcome.KEPT
        if before.get(key) != new:
            check_targets(id, rules, providers)
            outcomes[key] = await _put_chain(work, id, rules)
            await work.declarations.put(key, new)
    return outcomes


async def _put_chain(work: UnitOfWork, id: ChainId, rules: ChainRules) -> Outcome:
    chain = await work.chains.get(id)
    if chain is None:
        await work.chains.save(FallbackChain.define(id, rules))
        return Outcome.ADDED
    if not chain.revise(rules):
        return Outcome.KEPT
    await work.chains.save(chain)
    return Outcome.CHANGED


async def _take_away(work: UnitOfWork, gone: Sequence[str]) -> dict[str, Outcome]:
    for key in gone:
        kind, _, name = key.partition(":")
        if kind == "provider":
            await _retire(work, ProviderId(name))
        else:
            await _remove(work, ChainId(name))
        await work.declarations.remove(key)
    return dict.fromkeys(gone, Outcome.REMOVED)


async def _retire(work: UnitOfWork, id: ProviderId) -> None:
    provider = await work.providers.get(id)
    if provider is not None:
        provider.retire()
        await work.providers.remove(provider)


async def _remove(work: UnitOfWork, id: ChainId) -> None:
    chain = await work.chains.get(id)
    if chain is not None:
        chain.remove()
        await work.chains.remove(chain)


async def _dangling(work: UnitOfWork, outcomes: Mapping[str, Outcome]) -> tuple[str, ...]:
    return tuple(
        f"{chain.id}: {target}"
        for chain in await work.chains.list()
        for tier in chain.rules.tiers
        for target in tier
        if outcomes.get(f"provider:{target.provider}") is Outcome.REMOVED
    )
