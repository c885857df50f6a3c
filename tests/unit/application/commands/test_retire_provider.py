import pytest
from tests.fakes.store import Contents, FakeStore
from tests.support.catalog import GOOGLE, OPENAI, chain_of, plain_settings

from turnout.application.commands.retire_provider import RetireProvider, RetireProviderHandler
from turnout.domain.catalog.events import ProviderRetired
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ChainId


def _store() -> FakeStore:
    return FakeStore(
        Contents(
            providers={id: plain_settings(id) for id in (OPENAI, GOOGLE)},
            chains={
                ChainId("main"): chain_of("openai/x", "other"),
                ChainId("spare"): chain_of("openai"),
                ChainId("third"): chain_of("other"),
            },
        )
    )


async def test_a_provider_that_no_chain_names_is_removed() -> None:
    store = _store()
    await RetireProviderHandler(store.begin)(RetireProvider(GOOGLE))
    assert list(store.contents.providers) == [OPENAI]
    assert store.contents.events == (ProviderRetired(GOOGLE),)


async def test_one_in_use_is_kept_and_the_chains_named() -> None:
    store = _store()
    with pytest.raises(DomainError, match="the chains main, spare") as refusal:
        await RetireProviderHandler(store.begin)(RetireProvider(OPENAI))
    assert refusal.value.code == "provider.in_use"
    assert OPENAI in store.contents.providers


async def test_force_removes_it_all_the_same() -> None:
    store = _store()
    await RetireProviderHandler(store.begin)(RetireProvider(OPENAI, force=True))
    assert OPENAI not in store.contents.providers
    assert store.contents.chains == _store().contents.chains


async def test_an_unknown_provider_is_refused() -> None:
    with pytest.raises(DomainError) as refusal:
        await RetireProviderHandler(FakeStore().begin)(RetireProvider(OPENAI))
    assert refusal.value.code == "provider.unknown"
