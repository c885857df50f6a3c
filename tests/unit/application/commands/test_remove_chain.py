import pytest
from tests.fakes.store import Contents, FakeStore
from tests.support.catalog import chain_of

from turnout.application.commands.remove_chain import RemoveChain, RemoveChainHandler
from turnout.domain.routing.events import FallbackChainRemoved
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ChainId

MAIN = ChainId("main")


async def test_a_chain_is_removed_with_its_event() -> None:
    store = FakeStore(Contents(chains={MAIN: chain_of("openai")}))
    await RemoveChainHandler(store.begin)(RemoveChain(MAIN))
    assert store.contents.chains == {}
    assert store.contents.events == (FallbackChainRemoved(MAIN),)


async def test_an_unknown_chain_is_refused_with_names_like_it() -> None:
    store = FakeStore(Contents(chains={MAIN: chain_of("openai")}))
    with pytest.raises(DomainError, match="did you mean 'main'") as refusal:
        await RemoveChainHandler(store.begin)(RemoveChain(ChainId("mian")))
    assert refusal.value.code == "chain.unknown"
