"""What processes tell each other of health, on each implementation of the store."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.fakes.health import FakeHealthStore, FakeHealthTallies
from turnout.application.ports.health_store import (
    HealthStore,
    HealthTallies,
    Moved,
    SharedState,
    Tally,
    Transition,
)
from turnout.domain.health.circuit import Reason
from turnout.domain.shared.ids import DeploymentId
from turnout.infrastructure.persistence.health_store import SqlHealthStore
from turnout.infrastructure.persistence.health_tallies import SqlHealthTallies
from turnout.infrastructure.persistence.store_link import StoreLink, store_link

A, B = DeploymentId("a/m"), DeploymentId("b/m")
NOW = 1_700_000_000.25


@pytest.fixture
async def links(store_url: str | None) -> AsyncIterator[list[StoreLink]]:
    """Two ways into one store, as two processes have; none for the fake."""
    links = [] if store_url is None else [store_link(store_url), store_link(store_url)]
    yield links
    for link in links:
        await link.close()


@pytest.fixture
def stores(links: list[StoreLink]) -> tuple[HealthStore, HealthStore]:
    if not links:
        fake = FakeHealthStore()
        return fake, fake
    return SqlHealthStore(links[0]), SqlHealthStore(links[1])


@pytest.fixture
def tallies(links: list[StoreLink]) -> HealthTallies:
    return SqlHealthTallies(links[0]) if links else FakeHealthTallies()


def opened(
    deployment: DeploymentId, at: float, worker: str = "w1", openings: int = 1
) -> Transition:
    return Transition(at, worker, deployment, Moved.OPENED, Reason.STRIKES, at + 10, openings)


def closed(deployment: DeploymentId, at: float, worker: str = "w1") -> Transition:
    return Transition(at, worker, deployment, Moved.CLOSED, Reason.ANSWERED)


def cooled(deployment: DeploymentId, at: float, seconds: float, worker: str = "w1") -> Transition:
    return Transition(at, worker, deployment, Moved.COOLED_DOWN, Reason.ASKED_FOR, at + seconds)


async def test_nothing_is_known_of_an_empty_store(stores: tuple[HealthStore, HealthStore]) -> None:
    news = await stores[0].news(0)
    assert (news.states, news.seen) == ((), 0)
    assert await stores[0].transitions(10) == []


async def test_what_one_announces_is_news_to_another_once(
    stores: tuple[HealthStore, HealthStore],
) -> None:
    one, other = stores
    await one.announce([opened(A, NOW)])
    news = await other.news(0)
    assert news.states == (SharedState(A, "w1", NOW, Reason.STRIKES, 1, NOW + 10, 0.0),)
    assert (await other.news(news.seen)).states == ()
    await one.announce([closed(A, NOW + 5)])
    later = await other.news(news.seen)
    assert later.states == (SharedState(A, "w1", NOW + 5, Reason.ANSWERED, 0, 0.0, 0.0),)
    assert later.seen > news.seen


async def test_several_transitions_of_one_deployment_leave_the_last(
    stores: tuple[HealthStore, HealthStore],
) -> None:
    half = Transition(NOW + 10, "w1", A, Moved.HALF_OPENED, Reason.TRIAL)
    told = [opened(A, NOW), half, opened(A, NOW + 11, openings=2), opened(B, NOW + 12)]
    await stores[0].announce(told)
    states = {state.deployment: state for state in (await stores[1].news(0)).states}
    assert (states[A].openings, states[A].until, states[A].at) == (2, NOW + 21, NOW + 11)
    assert states[B].openings == 1
    assert await stores[1].transitions(10) == told[::-1]
    assert await stores[1].transitions(2) == told[:1:-1]


async def test_what_comes_late_leaves_the_state_alone(
    stores: tuple[HealthStore, HealthStore],
) -> None:
    one, other = stores
    await one.announce([closed(A, NOW + 5)])
    await other.announce([opened(A, NOW, "w2")])
    (state,) = (await one.news(0)).states
    assert (state.at, state.openings, state.worker) == (NOW + 5, 0, "w1")
    assert len(await one.transitions(10)) == 2, "it is written down all the same"


async def test_a_cooldown_is_kept_beside_the_circuit_and_never_made_shorter(
    stores: tuple[HealthStore, HealthStore],
) -> None:
    one, other = stores
    await one.announce([cooled(A, NOW, 60)])
    (state,) = (await other.news(0)).states
    assert (state.at, state.openings, state.cooldown_until) == (0.0, 0, NOW + 60)
    await other.announce([opened(A, NOW + 1, "w2"), cooled(A, NOW + 1, 5, "w2")])
    (state,) = (await one.news(0)).states
    assert (state.openings, state.cooldown_until) == (1, NOW + 60)
    await one.announce([cooled(A, NOW + 2, 90)])
    (state,) = (await one.news(0)).states
    assert (state.at, state.openings, state.cooldown_until) == (NOW + 1, 1, NOW + 92)


async def test_announcements_at_once_are_all_seen(
    stores: tuple[HealthStore, HealthStore],
) -> None:
    seen: set[DeploymentId] = set()
    upto = 0

    async def announce(store: HealthStore, name: str) -> None:
        for number in range(10):
            await store.announce([opened(DeploymentId(f"{name}/{number}"), NOW)])

    async def look() -> None:
        nonlocal upto
        while len(seen) < 20:
            news = await stores[0].news(upto)
            seen.update(state.deployment for state in news.states)
            upto = news.seen
            await asyncio.sleep(0)

    async with asyncio.timeout(60):
        await asyncio.gather(announce(stores[0], "a"), announce(stores[1], "b"), look())
    assert len(seen) == 20


async def test_tallies_are_the_latest_of_each_worker(tallies: HealthTallies) -> None:
    await tallies.put("w1", [Tally(A, NOW, 10, 1, 0), Tally(B, NOW, 5, 5, 2)])
    await tallies.put("w2", [Tally(A, NOW + 1, 20, 0, 0)])
    await tallies.put("w1", [Tally(A, NOW + 5, 12, 2, 1)])
    assert await tallies.since(NOW + 1) == [
        Tally(A, NOW + 5, 12, 2, 1),
        Tally(A, NOW + 1, 20, 0, 0),
    ]
    assert len(await tallies.since(NOW)) == 3
    assert await tallies.since(NOW + 6) == []
