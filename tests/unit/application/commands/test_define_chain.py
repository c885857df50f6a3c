import pytest
from tests.fakes.store import Contents, FakeStore
from tests.support.catalog import OPENAI, chain_of, plain_settings

from turnout.application.commands.define_chain import DefineChain, DefineChainHandler
from turnout.domain.routing.events import FallbackChainDefined
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ChainId

MAIN = ChainId("main")


def _store() -> FakeStore:
    return FakeStore(Contents(providers={OPENAI: plain_settings(OPENAI, "gpt")}))


async def test_a_chain_is_stored_with_its_event() -> None:
    store = _store()
    rules = chain_of("openai/gpt", "openai")
    await DefineChainHandler(store.begin)(DefineChain(MAIN, rules))
    assert store.contents.chains == {MAIN: rules}
    assert store.contents.events == (FallbackChainDefined(MAIN),)


@pytest.mark.parametrize(
    ("name", "targets", "code"),
    [
        ("taken", ("openai",), "chain.exists"),
        ("new", ("google",), "chain.unknown_target"),
        ("new", ("openai/claude",), "chain.unknown_model"),
        ("new", (), "chain.empty"),
        ("a/b", ("openai",), "chain.name"),
    ],
)
async def test_what_could_not_work_is_refused(
    name: str, targets: tuple[str, ...], code: str
) -> None:
    store = _store()
    define = DefineChainHandler(store.begin)
    await define(DefineChain(ChainId("taken"), chain_of("openai")))
    with pytest.raises(DomainError) as refusal:
        await define(DefineChain(ChainId(name), chain_of(*targets)))
    assert refusal.value.code == code
    assert store.contents.chains == {"taken": chain_of("openai")}
