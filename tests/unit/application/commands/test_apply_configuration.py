from collections.abc import Mapping
from dataclasses import replace

import pytest
from tests.fakes.store import FakeStore, FakeUnitOfWork
from tests.support.catalog import GOOGLE, OPENAI, chain_of, plain_settings

from turnout.application.commands.apply_configuration import (
    AppliedConfiguration,
    ApplyConfigurationHandler,
    DeclaredConfiguration,
)
from turnout.application.commands.define_chain import DefineChain, DefineChainHandler
from turnout.application.commands.differences import FieldChange
from turnout.application.commands.entries import KEPT, TRIES, Outcome
from turnout.application.commands.register_provider import (
    RegisterProvider,
    RegisterProviderHandler,
)
from turnout.application.commands.retire_provider import RetireProvider, RetireProviderHandler
from turnout.application.commands.revise_provider import ReviseProvider, ReviseProviderHandler
from turnout.domain.catalog.provider import ProviderSettings
from turnout.domain.routing.fallback_chain import ChainRules
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ChainId, ProviderId

MAIN = ChainId("main")
PROVIDERS = {OPENAI: plain_settings(OPENAI, "gpt"), GOOGLE: plain_settings(GOOGLE, "gemini")}
CHAINS = {MAIN: chain_of("openai/gpt", "google")}


async def _apply(
    store: FakeStore,
    providers: Mapping[ProviderId, ProviderSettings] = PROVIDERS,
    chains: Mapping[ChainId, ChainRules] = CHAINS,
) -> AppliedConfiguration:
    return await ApplyConfigurationHandler(store.begin)(DeclaredConfiguration(providers, chains))


async def test_a_first_file_is_stored_whole() -> None:
    store = FakeStore()
    applied = await _apply(store)
    assert store.contents.providers == PROVIDERS
    assert store.contents.chains == CHAINS
    assert applied.named(Outcome.ADDED) == ("chain:main", "provider:google", "provider:openai")


async def test_the_same_file_again_changes_nothing() -> None:
    store = FakeStore()
    await _apply(store)
    before = store.contents
    applied = await _apply(store)
    assert store.contents == before
    assert set(applied.changes.values()) == {KEPT}


async def test_a_changed_entry_is_revised() -> None:
    store = FakeStore()
    await _apply(store)
    changed = PROVIDERS | {GOOGLE: replace(PROVIDERS[GOOGLE], weight=5)}
    applied = await _apply(store, changed, {MAIN: chain_of("google")})
    assert store.contents.providers == changed
    assert store.contents.chains == {MAIN: chain_of("google")}
    assert applied.named(Outcome.CHANGED) == ("chain:main", "provider:google")
    assert applied.named(Outcome.KEPT) == ("provider:openai",)


async def test_a_dry_run_tells_the_same_and_stores_nothing() -> None:
    store = FakeStore()
    await _apply(store)
    before = store.contents
    changed = {OPENAI: replace(PROVIDERS[OPENAI], weight=5)}
    handler = ApplyConfigurationHandler(store.begin)
    tried = await handler(DeclaredConfiguration(changed, {}), dry_run=True)
    assert store.contents == before
    assert tried == await _apply(store, changed, {})
    assert tried.changes["provider:openai"].fields == (FieldChange("weight", "1", "5"),)


async def test_an_entry_that_vanished_from_the_file_is_taken_away() -> None:
    store = FakeStore()
    await _apply(store)
    applied = await _apply(store, {OPENAI: PROVIDERS[OPENAI]}, {})
    assert list(store.contents.providers) == [OPENAI]
    assert store.contents.chains == {}
    assert list(store.contents.digests) == ["provider:openai"]
    assert applied.named(Outcome.REMOVED) == ("chain:main", "provider:google")


async def test_an_edit_over_the_api_survives_until_the_file_changes_that_entry() -> None:
    store = FakeStore()
    await _apply(store)
    await ReviseProviderHandler(store.begin)(ReviseProvider(OPENAI, {"weight": 9}))
    await _apply(store)
    assert store.contents.providers[OPENAI].weight == 9
    changed = replace(PROVIDERS[OPENAI], priority=1)
    await _apply(store, PROVIDERS | {OPENAI: changed})
    assert store.contents.providers[OPENAI] == changed


async def test_a_provider_retired_over_the_api_stays_so_until_the_file_changes_it() -> None:
    store = FakeStore()
    await _apply(store)
    await RetireProviderHandler(store.begin)(RetireProvider(OPENAI, force=True))
    await _apply(store)
    assert OPENAI not in store.contents.providers
    # A chain of the file may still be edited there, although one of its targets is away.
    edited = replace(CHAINS[MAIN], max_attempts=1)
    await _apply(store, PROVIDERS, {MAIN: edited})
    assert store.contents.chains == {MAIN: edited}
    applied = await _apply(store, {GOOGLE: PROVIDERS[GOOGLE]}, {})
    assert applied.changes["provider:openai"].outcome is Outcome.REMOVED


async def test_what_was_made_over_the_api_is_left_alone() -> None:
    store = FakeStore()
    other = ProviderId("other")
    await RegisterProviderHandler(store.begin)(RegisterProvider(other, plain_settings(other)))
    await DefineChainHandler(store.begin)(DefineChain(ChainId("mine"), chain_of("other")))
    await _apply(store)
    await _apply(store, {}, {})
    assert list(store.contents.providers) == [other]
    assert list(store.contents.chains) == ["mine"]


async def test_the_file_takes_over_a_name_that_it_declares() -> None:
    store = FakeStore()
    await RegisterProviderHandler(store.begin)(RegisterProvider(OPENAI, plain_settings(OPENAI)))
    applied = await _apply(store)
    assert store.contents.providers == PROVIDERS
    assert applied.changes["provider:openai"].outcome is Outcome.CHANGED


async def test_an_equal_entry_made_over_the_api_is_only_noted() -> None:
    store = FakeStore()
    await RegisterProviderHandler(store.begin)(RegisterProvider(OPENAI, PROVIDERS[OPENAI]))
    applied = await _apply(store)
    assert applied.changes["provider:openai"].outcome is Outcome.KEPT
    assert "provider:openai" in store.contents.digests


async def test_chains_that_lose_a_provider_are_told() -> None:
    store = FakeStore()
    await _apply(store)
    await DefineChainHandler(store.begin)(
        DefineChain(ChainId("mine"), chain_of("google/gemini", "openai"))
    )
    applied = await _apply(store, {OPENAI: PROVIDERS[OPENAI]}, {})
    assert applied.dangling == ("mine: google/gemini",)


@pytest.mark.parametrize(
    ("providers", "chains", "code"),
    [
        ({OPENAI: replace(PROVIDERS[OPENAI], weight=0)}, {}, "provider.weight"),
        (PROVIDERS, {MAIN: chain_of("nobody")}, "chain.unknown_target"),
        (PROVIDERS, {MAIN: chain_of("openai/claude")}, "chain.unknown_model"),
        (PROVIDERS, {ChainId("a/b"): chain_of("openai")}, "chain.name"),
    ],
)
async def test_a_bad_entry_leaves_the_store_as_it_was(
    providers: dict[ProviderId, ProviderSettings], chains: dict[ChainId, ChainRules], code: str
) -> None:
    store = FakeStore()
    await _apply(store, {GOOGLE: PROVIDERS[GOOGLE]}, {})
    before = store.contents
    with pytest.raises(DomainError) as refusal:
        await _apply(store, providers, chains)
    assert refusal.value.code == code
    assert store.contents == before


class _Contended(FakeUnitOfWork):
    """Loses against another process as often as told."""

    losses = 0

    async def commit(self) -> None:
        if _Contended.losses > 0:
            _Contended.losses -= 1
            raise DomainError("provider.changed_meanwhile", "changed")
        await super().commit()


async def test_replicas_that_start_together_look_again() -> None:
    store = FakeStore()
    handler = ApplyConfigurationHandler(lambda: _Contended(store))
    _Contended.losses = TRIES - 1
    await handler(DeclaredConfiguration(PROVIDERS, CHAINS))
    assert store.contents.providers == PROVIDERS


async def test_but_not_for_ever() -> None:
    store = FakeStore()
    handler = ApplyConfigurationHandler(lambda: _Contended(store))
    _Contended.losses = TRIES
    with pytest.raises(DomainError) as refusal:
        await handler(DeclaredConfiguration(PROVIDERS, CHAINS))
    assert refusal.value.code == "provider.changed_meanwhile"
    assert store.contents.providers == {}
