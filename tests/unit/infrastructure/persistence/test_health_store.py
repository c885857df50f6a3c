"""What the contract does not say: what is forgotten, and that numbers come in order."""

from collections.abc import AsyncIterator

import pytest

from turnout.application.ports.health_store import Moved, Transition
from turnout.domain.health.circuit import Reason
from turnout.domain.shared.ids import DeploymentId
from turnout.infrastructure.persistence.health_store import (
    FORGOTTEN_AFTER_SECONDS,
    MOST_TRANSITIONS,
    SqlHealthStore,
)
from turnout.infrastructure.persistence.store_link import StoreLink, store_link

A, B = DeploymentId("a/m"), DeploymentId("b/m")
NOW = 1_700_000_000.0


@pytest.fixture
async def link(database_url: str) -> AsyncIterator[StoreLink]:
    link = store_link(database_url)
    yield link
    await link.close()


def closed(deployment: DeploymentId, at: float) -> Transition:
    return Transition(at, "w", deployment, Moved.CLOSED, Reason.ANSWERED)


async def test_the_oldest_transitions_are_forgotten(link: StoreLink) -> None:
    store = SqlHealthStore(link)
    await store.announce([closed(A, NOW + n) for n in range(MOST_TRANSITIONS + 5)])
    latest = await store.transitions(2 * MOST_TRANSITIONS)
    assert len(latest) == MOST_TRANSITIONS
    assert latest[-1].at == NOW + 5


async def test_what_has_not_moved_for_long_is_forgotten(link: StoreLink) -> None:
    store = SqlHealthStore(link)
    await store.announce([closed(A, NOW)])
    await store.announce([closed(B, NOW + FORGOTTEN_AFTER_SECONDS + 1)])
    assert [state.deployment for state in (await store.news(0)).states] == [B]


async def test_an_announcement_that_fails_leaves_nothing_behind(link: StoreLink) -> None:
    store = SqlHealthStore(link)
    nameless = Transition(NOW, "w", None, Moved.CLOSED, Reason.ANSWERED)  # type: ignore[arg-type]
    with pytest.raises(Exception, match=r"(?i)null"):
        await store.announce([closed(A, NOW), nameless])
    assert (await store.news(0)).states == ()
    assert await store.transitions(10) == []
