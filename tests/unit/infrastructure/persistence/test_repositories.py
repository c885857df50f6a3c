"""What tests/contract/store does not say: conflicts step by step, which SQLite cannot have."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from tests.support.catalog import OPENAI, chain_of, plain_settings
from tests.support.databases import postgres_copy

from turnout.domain.catalog.provider import Provider
from turnout.domain.routing.fallback_chain import FallbackChain
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.events import DomainEvent
from turnout.domain.shared.ids import ChainId
from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.repositories import (
    SqlFallbackChains,
    SqlProviders,
)

MAIN = ChainId("main")


def _ignore(entry: str, events: tuple[DomainEvent, ...], *, before: object, after: object) -> None:
    del entry, events, before, after


@pytest.fixture
def url(postgres_url: str, postgres_template: str) -> Iterator[str]:
    with postgres_copy(postgres_url, postgres_template) as url:
        yield url


@pytest.fixture
async def sessions(url: str) -> AsyncIterator[tuple[AsyncSession, AsyncSession]]:
    engine = make_engine(url)
    async with AsyncSession(engine) as session:
        await SqlProviders(session, _ignore).save(Provider.register(OPENAI, plain_settings(OPENAI)))
        await SqlFallbackChains(session, _ignore).save(
            FallbackChain.define(MAIN, chain_of("openai"))
        )
        await session.commit()
    async with AsyncSession(engine) as mine, AsyncSession(engine) as theirs:
        yield mine, theirs
    await engine.dispose()


Sessions = tuple[AsyncSession, AsyncSession]


async def test_a_provider_changed_since_it_was_read_is_not_overwritten(sessions: Sessions) -> None:
    mine, theirs = SqlProviders(sessions[0], _ignore), SqlProviders(sessions[1], _ignore)
    provider, same = await mine.get(OPENAI), await theirs.get(OPENAI)
    assert provider is not None
    assert same is not None
    same.enable(False)
    await theirs.save(same)
    await sessions[1].commit()
    with pytest.raises(DomainError, match="'openai' was changed by somebody else") as refusal:
        await mine.save(provider)
    assert refusal.value.code == "provider.changed_meanwhile"


async def test_a_provider_changed_since_it_was_listed_is_not_removed(sessions: Sessions) -> None:
    mine, theirs = SqlProviders(sessions[0], _ignore), SqlProviders(sessions[1], _ignore)
    (provider,) = await mine.list()
    same = await theirs.get(OPENAI)
    assert same is not None
    same.enable(False)
    await theirs.save(same)
    await sessions[1].commit()
    with pytest.raises(DomainError) as refusal:
        await mine.remove(provider)
    assert refusal.value.code == "provider.changed_meanwhile"


async def test_a_chain_changed_since_it_was_read_is_not_overwritten(sessions: Sessions) -> None:
    mine, theirs = SqlFallbackChains(sessions[0], _ignore), SqlFallbackChains(sessions[1], _ignore)
    chain, same = await mine.get(MAIN), await theirs.get(MAIN)
    assert chain is not None
    assert same is not None
    same.revise(chain_of("google"))
    await theirs.save(same)
    await sessions[1].commit()
    with pytest.raises(DomainError) as refusal:
        await mine.save(chain)
    assert refusal.value.code == "chain.changed_meanwhile"


async def test_a_name_that_was_free_and_is_taken_now_is_not_overwritten(sessions: Sessions) -> None:
    mine, theirs = SqlFallbackChains(sessions[0], _ignore), SqlFallbackChains(sessions[1], _ignore)
    new = ChainId("new")
    assert await mine.get(new) is None
    await theirs.save(FallbackChain.define(new, chain_of("google")))
    await sessions[1].commit()
    with pytest.raises(DomainError) as refusal:
        await mine.save(FallbackChain.define(new, chain_of("openai")))
    assert refusal.value.code == "chain.changed_meanwhile"
