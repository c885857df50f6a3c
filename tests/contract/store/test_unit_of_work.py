"""UnitOfWork and its repositories keep their promises."""

import asyncio
from dataclasses import replace

import pytest

from tests.contract.store.stores import Store
from tests.support.catalog import (
    GOOGLE,
    OPENAI,
    chain_of,
    full_rules,
    full_settings,
    plain_settings,
)
from turnout.domain.catalog.events import ProviderRegistered, ProviderRetired, ProviderRevised
from turnout.domain.catalog.provider import Provider, ProviderSettings
from turnout.domain.routing.events import FallbackChainDefined, FallbackChainRevised
from turnout.domain.routing.fallback_chain import FallbackChain
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ChainId

MAIN = ChainId("main")


async def _settings(store: Store) -> ProviderSettings:
    async with store.begin() as work:
        provider = await work.providers.get(OPENAI)
    assert provider is not None
    return provider.settings


async def test_a_provider_comes_back_as_it_was_saved(store: Store) -> None:
    await store.register(OPENAI, full_settings(OPENAI))
    assert await _settings(store) == full_settings(OPENAI)


async def test_a_chain_comes_back_as_it_was_saved(store: Store) -> None:
    await store.define(MAIN, full_rules())
    async with store.begin() as work:
        chain = await work.chains.get(MAIN)
    assert chain is not None
    assert chain.rules == full_rules()


async def test_an_update_replaces_everything(store: Store) -> None:
    await store.register(OPENAI, full_settings(OPENAI))
    revised = replace(
        plain_settings(OPENAI, "a-second-one", "new"), credential="file:/run/secrets/key"
    )
    async with store.begin() as work:
        provider = await work.providers.get(OPENAI)
        assert provider is not None
        provider.revise(revised)
        await work.providers.save(provider)
        await work.commit()
    assert await _settings(store) == revised


async def test_a_chain_update_replaces_everything(store: Store) -> None:
    await store.define(MAIN, full_rules())
    async with store.begin() as work:
        chain = await work.chains.get(MAIN)
        assert chain is not None
        chain.revise(chain_of("google", "openai/large"))
        await work.chains.save(chain)
        await work.commit()
    async with store.begin() as work:
        found = await work.chains.get(MAIN)
    assert found is not None
    assert found.rules == chain_of("google", "openai/large")


async def test_lists_are_in_order_of_names(store: Store) -> None:
    for name in ("b", "a", "B", "a-1"):
        await store.define(name, chain_of("x"))
        await store.register(name, plain_settings(OPENAI))
    async with store.begin() as work:
        assert [chain.id for chain in await work.chains.list()] == ["B", "a", "a-1", "b"]
        assert [p.id for p in await work.providers.list()] == ["B", "a", "a-1", "b"]


async def test_what_is_not_there_is_none(store: Store) -> None:
    async with store.begin() as work:
        assert await work.providers.get(OPENAI) is None
        assert await work.chains.get(MAIN) is None
        assert await work.providers.list() == []


async def test_a_removed_provider_is_gone_with_its_deployments(store: Store) -> None:
    await store.register(OPENAI, full_settings(OPENAI))
    async with store.begin() as work:
        provider = await work.providers.get(OPENAI)
        assert provider is not None
        provider.retire()
        await work.providers.remove(provider)
        await work.commit()
    await store.register(OPENAI, plain_settings(OPENAI))
    assert await _settings(store) == plain_settings(OPENAI)
    assert store.published == [
        ProviderRegistered(OPENAI),
        ProviderRetired(OPENAI),
        ProviderRegistered(OPENAI),
    ]


async def test_a_removed_chain_is_gone(store: Store) -> None:
    await store.define(MAIN, full_rules())
    async with store.begin() as work:
        chain = await work.chains.get(MAIN)
        assert chain is not None
        await work.chains.remove(chain)
        await work.commit()
    async with store.begin() as work:
        assert await work.chains.list() == []


async def test_writes_are_seen_within_the_unit(store: Store) -> None:
    async with store.begin() as work:
        await work.providers.save(Provider.register(OPENAI, plain_settings(OPENAI)))
        assert await work.providers.get(OPENAI) is not None
        assert [provider.id for provider in await work.providers.list()] == [OPENAI]


async def test_without_commit_nothing_happened(store: Store) -> None:
    async with store.begin() as work:
        await work.providers.save(Provider.register(OPENAI, plain_settings(OPENAI)))
        await work.chains.save(FallbackChain.define(MAIN, chain_of("openai")))
        await work.declarations.put("provider:openai", "0" * 64)
    async with store.begin() as work:
        assert await work.providers.list() == []
        assert await work.chains.list() == []
        assert await work.declarations.digests() == {}
    assert store.published == []
    assert await store.source.revision() == 0


async def test_an_exception_undoes_everything(store: Store) -> None:
    with pytest.raises(DomainError, match="named twice"):
        async with store.begin() as work:
            await work.providers.save(Provider.register(OPENAI, plain_settings(OPENAI)))
            FallbackChain.define(MAIN, chain_of("openai", "openai"))
    async with store.begin() as work:
        assert await work.providers.list() == []


async def test_events_are_published_after_the_commit_in_order(store: Store) -> None:
    async with store.begin() as work:
        provider = Provider.register(OPENAI, plain_settings(OPENAI))
        provider.enable(False)
        await work.providers.save(provider)
        await work.chains.save(FallbackChain.define(MAIN, chain_of("openai")))
        assert store.published == []
        await work.commit()
    assert store.published == [
        ProviderRegistered(OPENAI),
        ProviderRevised(OPENAI, ("enabled",)),
        FallbackChainDefined(MAIN),
    ]


async def test_declarations_are_kept_replaced_and_forgotten(store: Store) -> None:
    await store.declare("provider:openai", "1" * 64)
    await store.declare("provider:openai", "2" * 64)
    await store.declare("chain:main", "3" * 64)
    async with store.begin() as work:
        await work.declarations.remove("chain:main")
        await work.declarations.remove("chain:never-there")
        await work.commit()
    async with store.begin() as work:
        assert await work.declarations.digests() == {"provider:openai": "2" * 64}


async def test_of_two_changes_at_once_none_is_lost_in_silence(store: Store) -> None:
    await store.register(OPENAI, plain_settings(OPENAI))
    await store.define(MAIN, chain_of("openai"))
    both_are_reading = asyncio.Barrier(2)

    async def change(**changes: int) -> str:
        await both_are_reading.wait()
        try:
            async with store.begin() as work:
                provider = await work.providers.get(OPENAI)
                assert provider is not None
                provider.revise(replace(provider.settings, **changes))  # type: ignore[arg-type]
                await work.providers.save(provider)
                await work.commit()
        except DomainError as error:
            return error.code
        return "done"

    said = await asyncio.gather(change(weight=5), change(priority=1))
    settings = await _settings(store)
    landed = [settings.weight == 5, settings.priority == 1]
    assert landed == [word == "done" for word in said]
    assert any(landed)
    assert set(said) <= {"done", "provider.changed_meanwhile"}


async def test_of_two_new_ones_of_a_name_at_once_one_is_refused(store: Store) -> None:
    both_are_ready = asyncio.Barrier(2)

    async def register(model: str) -> str:
        await both_are_ready.wait()
        try:
            async with store.begin() as work:
                if await work.providers.get(GOOGLE) is not None:
                    return "provider.exists"
                new = Provider.register(GOOGLE, plain_settings(GOOGLE, model))
                await work.providers.save(new)
                await work.commit()
        except DomainError as error:
            return error.code
        return "done"

    said = await asyncio.gather(register("a"), register("b"))
    assert sorted(said)[0] == "done"
    assert sorted(said)[1] in {"provider.exists", "provider.changed_meanwhile"}


async def test_a_chain_tells_what_changed(store: Store) -> None:
    await store.define(MAIN, chain_of("openai"))
    async with store.begin() as work:
        chain = await work.chains.get(MAIN)
        assert chain is not None
        chain.revise(replace(chain.rules, max_attempts=1))
        await work.chains.save(chain)
        await work.commit()
    assert store.published[-1] == FallbackChainRevised(MAIN, ("max_attempts",))
