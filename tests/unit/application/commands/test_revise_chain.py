from dataclasses import replace

import pytest
from tests.fakes.store import Contents, FakeStore
from tests.support.catalog import OPENAI, chain_of, full_rules, full_settings

from turnout.application.commands.revise_chain import ChainChanges, ReviseChain, ReviseChainHandler
from turnout.domain.routing.cache_policy import CacheRules
from turnout.domain.routing.events import FallbackChainRevised
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ChainId

MAIN = ChainId("main")


def _store() -> FakeStore:
    """`main` names `google`, which has gone."""
    return FakeStore(
        Contents(providers={OPENAI: full_settings(OPENAI)}, chains={MAIN: full_rules()})
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"deadline_seconds": 1.0},
        {"max_attempts": 6},
        {"on": None},
        {"rescue": True},
        {"cache": CacheRules(single_flight=False)},
        {"tiers": chain_of("openai/big").tiers},
    ],
)
async def test_only_what_is_given_changes(changes: ChainChanges) -> None:
    store = _store()
    changed = await ReviseChainHandler(store.begin)(ReviseChain(MAIN, changes))
    assert store.contents.chains[MAIN] == replace(full_rules(), **changes)
    assert changed == tuple(changes)
    assert store.contents.events == (FallbackChainRevised(MAIN, changed),)


async def test_the_same_again_is_no_change() -> None:
    store = _store()
    changed = await ReviseChainHandler(store.begin)(
        ReviseChain(MAIN, {"tiers": full_rules().tiers})
    )
    assert changed == ()
    assert store.contents.events == ()


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("mian", {"max_attempts": 1}, "chain.unknown"),
        ("main", {"max_attempts": 0}, "chain.max_attempts"),
        ("main", {"tiers": chain_of("google").tiers}, "chain.unknown_target"),
    ],
)
async def test_what_could_not_work_is_refused(name: str, changes: ChainChanges, code: str) -> None:
    store = _store()
    with pytest.raises(DomainError) as refusal:
        await ReviseChainHandler(store.begin)(ReviseChain(ChainId(name), changes))
    assert refusal.value.code == code
    assert store.contents.chains == {MAIN: full_rules()}
