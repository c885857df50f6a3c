from dataclasses import replace

import pytest
from tests.fakes.store import FakeCatalogSource, FakeHistory, FakeStore
from tests.support.catalog import GOOGLE, OPENAI, chain_of, plain_settings

from turnout.application.commands.apply_configuration import (
    ApplyConfigurationHandler,
    DeclaredConfiguration,
)
from turnout.application.commands.entries import KEPT, Outcome
from turnout.application.commands.roll_back import RollBack, RollBackHandler
from turnout.domain.routing.fallback_chain import ChainRules
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ChainId

MAIN, NEW = ChainId("main"), ChainId("new")
PROVIDERS = {OPENAI: plain_settings(OPENAI, "gpt"), GOOGLE: plain_settings(GOOGLE, "gemini")}
FIRST = DeclaredConfiguration(PROVIDERS, {MAIN: chain_of("openai", "google")})
SECOND = DeclaredConfiguration(
    {OPENAI: replace(PROVIDERS[OPENAI], weight=9)}, {NEW: chain_of("openai")}
)


async def a_past() -> tuple[FakeStore, FakeHistory]:
    """A store that went from FIRST, revision 3, to SECOND."""
    store = FakeStore()
    await ApplyConfigurationHandler(store.begin)(FIRST)
    first = await FakeCatalogSource(store).load()
    await ApplyConfigurationHandler(store.begin)(SECOND)
    return store, FakeHistory({first.revision: first})


async def test_everything_is_as_it_was() -> None:
    store, history = await a_past()
    events = len(store.contents.events)
    changes = await RollBackHandler(store.begin, history)(RollBack(3))
    assert store.contents.providers == PROVIDERS
    assert store.contents.chains == FIRST.chains
    assert {key: change.outcome for key, change in changes.items()} == {
        "provider:google": Outcome.ADDED,
        "provider:openai": Outcome.CHANGED,
        "chain:main": Outcome.ADDED,
        "chain:new": Outcome.REMOVED,
    }
    assert len(store.contents.events) == events + 4  # a new revision, not the old one


async def test_to_be_there_already_changes_nothing() -> None:
    store, history = await a_past()
    handler = RollBackHandler(store.begin, history)
    await handler(RollBack(3))
    before = store.contents
    assert set((await handler(RollBack(3))).values()) == {KEPT}
    assert store.contents == before


async def test_the_same_file_does_not_undo_it() -> None:
    store, history = await a_past()
    await RollBackHandler(store.begin, history)(RollBack(3))
    await ApplyConfigurationHandler(store.begin)(SECOND)
    assert store.contents.providers == PROVIDERS


async def test_a_revision_that_is_not_kept_is_refused_with_those_that_are() -> None:
    store, history = await a_past()
    before = store.contents
    with pytest.raises(DomainError) as refusal:
        await RollBackHandler(store.begin, history)(RollBack(2))
    assert refusal.value.code == "history.unknown"
    assert refusal.value.message == (
        "revision 2 is not kept: expected one of the 1 from 3 to 3, such as 3"
    )
    with pytest.raises(DomainError, match="nothing has been stored yet"):
        await RollBackHandler(store.begin, FakeHistory())(RollBack(2))
    assert store.contents == before


async def test_what_would_be_refused_today_changes_nothing() -> None:
    store, history = await a_past()
    catalog = history.catalogs[3]
    catalog.chains[0].rules = ChainRules(())
    before = store.contents
    with pytest.raises(DomainError, match="need a target"):
        await RollBackHandler(store.begin, history)(RollBack(3))
    assert store.contents == before
