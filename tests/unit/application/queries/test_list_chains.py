from tests.fakes.store import Contents, FakeChainView, FakeStore
from tests.support.catalog import chain_of

from turnout.application.queries.list_chains import ListChains
from turnout.domain.shared.ids import ChainId


async def test_chains_are_listed_by_name() -> None:
    chains = {ChainId("b"): chain_of("x"), ChainId("a"): chain_of("y")}
    rows = await ListChains(FakeChainView(FakeStore(Contents(chains=chains))))()
    assert [row.name for row in rows] == ["a", "b"]
