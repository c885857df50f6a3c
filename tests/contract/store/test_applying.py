"""Applying a configuration file, on every implementation of the store."""

import asyncio
from dataclasses import replace

from tests.contract.store.stores import Store
from tests.support.catalog import GOOGLE, OPENAI, chain_of, full_settings, plain_settings
from turnout.application.commands.apply_configuration import (
    ApplyConfigurationHandler,
    DeclaredConfiguration,
)
from turnout.application.commands.entries import KEPT, Outcome
from turnout.domain.shared.ids import ChainId

MAIN = ChainId("main")
DECLARED = DeclaredConfiguration(
    {OPENAI: full_settings(OPENAI), GOOGLE: plain_settings(GOOGLE, "gemini")},
    {MAIN: chain_of("openai/large", "google")},
)


async def test_a_file_is_applied_and_applied_again(store: Store) -> None:
    apply = ApplyConfigurationHandler(store.begin)
    first = await apply(DECLARED)
    revision = await store.source.revision()
    second = await apply(DECLARED)
    assert first.named(Outcome.ADDED) == ("chain:main", "provider:google", "provider:openai")
    assert set(second.changes.values()) == {KEPT}
    assert await store.source.revision() == revision
    assert [row.declared for row in await store.providers.list()] == [True, True]


async def test_replicas_that_start_together_all_succeed(store: Store) -> None:
    apply = ApplyConfigurationHandler(store.begin)
    applied = await asyncio.gather(*(apply(DECLARED) for _ in range(4)))
    outcomes = sorted(each.changes["provider:openai"].outcome for each in applied)
    assert outcomes == [Outcome.ADDED, Outcome.KEPT, Outcome.KEPT, Outcome.KEPT]
    catalog = await store.source.load()
    assert [(p.id, p.settings) for p in catalog.providers] == sorted(DECLARED.providers.items())


async def test_what_vanished_from_the_file_is_taken_away(store: Store) -> None:
    apply = ApplyConfigurationHandler(store.begin)
    await apply(DECLARED)
    left = {OPENAI: replace(full_settings(OPENAI), weight=1)}
    await apply(DeclaredConfiguration(left, {}))
    catalog = await store.source.load()
    assert [(p.id, p.settings.weight) for p in catalog.providers] == [(OPENAI, 1)]
    assert catalog.chains == ()


async def test_a_dry_run_stores_nothing(store: Store) -> None:
    apply = ApplyConfigurationHandler(store.begin)
    await apply(DECLARED)
    before = await store.source.load()
    tried = await apply(DeclaredConfiguration({}, {}), dry_run=True)
    assert len(tried.named(Outcome.REMOVED)) == 3
    assert (await store.source.load()).revision == before.revision
    assert set((await apply(DECLARED)).changes.values()) == {KEPT}
