import pytest
from tests.fakes.store import Contents, FakeChainView, FakeStore
from tests.support.catalog import chain_of

from turnout.application.queries.get_chain import GetChain
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ChainId

VIEW = FakeChainView(FakeStore(Contents(chains={ChainId("main"): chain_of("x")})))


async def test_a_chain_is_shown() -> None:
    assert (await GetChain(VIEW)("main")).tiers[0][0].target == "x"


async def test_an_unknown_one_is_refused_with_names_like_it() -> None:
    with pytest.raises(DomainError, match="did you mean 'main'") as refusal:
        await GetChain(VIEW)("mian")
    assert refusal.value.code == "chain.unknown"
