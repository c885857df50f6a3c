import pytest
from tests.fakes.store import FakeStore
from tests.support.catalog import OPENAI, chain_of, plain_settings

from turnout.application.commands.differences import FieldChange
from turnout.application.commands.entries import (
    ADDED,
    KEPT,
    REMOVED,
    TRIES,
    EntryChange,
    Outcome,
    put_chain,
    put_provider,
    take_away,
    unless_overtaken,
)
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ChainId


async def test_an_entry_is_added_kept_changed_and_removed() -> None:
    settings, main = plain_settings(OPENAI, "m"), ChainId("main")
    async with FakeStore().begin() as work:
        assert await put_provider(work, OPENAI, settings) == ADDED
        assert await put_provider(work, OPENAI, settings) == KEPT
        assert await put_chain(work, main, chain_of("openai")) == ADDED
        assert await put_chain(work, main, chain_of("openai")) == KEPT
        assert await put_chain(work, main, chain_of("openai/m")) == EntryChange(
            Outcome.CHANGED, (FieldChange("tiers", "[[openai]]", "[[openai/m]]"),)
        )
        for key in ("chain:main", "provider:openai", "provider:never"):
            assert await take_away(work, key) == REMOVED
        assert await work.providers.list() == []
        assert await work.chains.list() == []


async def test_who_is_overtaken_tries_again_a_few_times() -> None:
    runs = 0

    async def run() -> None:
        nonlocal runs
        runs += 1
        raise DomainError("chain.changed_meanwhile", "changed")

    with pytest.raises(DomainError, match="changed"):
        await unless_overtaken(run)
    assert runs == TRIES


async def test_other_refusals_are_final() -> None:
    runs = 0

    async def run() -> None:
        nonlocal runs
        runs += 1
        raise DomainError("chain.empty", "empty")

    with pytest.raises(DomainError):
        await unless_overtaken(run)
    assert runs == 1
