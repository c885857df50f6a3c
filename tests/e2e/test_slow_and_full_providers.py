"""Hedged requests, limits of concurrency and load shedding on a started gateway."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from tests.support.turnout_process import started
from tests.support.worlds import QUESTION

from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.server import Simulator

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLOW = {"after_seconds": 0.05, "most_share": 1.0}
CHAINS: dict[str, Any] = {
    "hedged": {"tiers": [["slow/m"], ["quick/m"]], "hedge": SLOW},
    "streamed": {"tiers": [["slow/s"], ["quick/s"]], "hedge": SLOW},
    "capped": {
        "tiers": [["slow/c"], ["quick/c"]],
        "hedge": {"after_seconds": 0.02, "most_share": 0.1},
    },
    "spilling": {"tiers": [["narrow/m"], ["wide/m"]]},
}
NARROW = {"adaptive": False, "most": 2, "queue": 3, "queue_seconds": 20}
LEARNING = {"queue": 200, "queue_seconds": 20}
ROOM = 8
"""What the provider that is learnt of bears at once."""


@dataclass(frozen=True, slots=True)
class Place:
    """A gateway before simulators, a client of it, and where its store is."""

    client: httpx.AsyncClient
    simulators: dict[str, Simulator]
    store: Path

    async def ask(self, model: str, **fields: Any) -> httpx.Response:
        """Ask once."""
        body = {"model": model, "messages": QUESTION, **fields}
        return await self.client.post("/v1/chat/completions", json=body)

    async def written(self, request: str, count: int) -> list[tuple[int, str, str]]:
        """Return number, provider and outcome of a request's attempts, once they are stored."""
        query = "SELECT number, provider, outcome FROM ledger_attempt WHERE request = ?"
        with closing(sqlite3.connect(self.store)) as store:
            async with asyncio.timeout(20):
                while True:
                    with suppress(sqlite3.OperationalError):  # answers may come before the store
                        rows = store.execute(query, (request,)).fetchall()
                        if len(rows) == count:
                            return sorted(rows)
                    await asyncio.sleep(0.1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    folder = tmp_path_factory.mktemp("busy")
    concurrency: dict[str, Any] = {"narrow": NARROW, "learning": LEARNING}
    async with AsyncExitStack() as stack:
        simulators = {
            name: await stack.enter_async_context(Simulator(Profile(name=name)))
            for name in ("slow", "quick", "narrow", "wide", "learning")
        }
        providers = {
            name: {
                "protocol": "openai_chat",
                "base_url": f"{simulator.base_url}/v1",
                "models": ["m", "s", "c"] if name in ("slow", "quick") else ["m"],
                "concurrency": concurrency.get(name, {}),
            }
            for name, simulator in simulators.items()
        }
        content = {"ai_providers": providers, "fallback_chains": CHAINS}
        gateway = await stack.enter_async_context(started(folder, content))
        client = await stack.enter_async_context(gateway.http())
        yield Place(client, simulators, folder / "turnout.db")


@pytest.fixture
def place(running: Place) -> Place:
    for name, simulator in running.simulators.items():
        simulator.profile = Profile(name=name)
        simulator.reset()
    return running


def slow_down(place: Place, name: str, seconds: float, **more: Any) -> None:
    simulator = place.simulators[name]
    simulator.profile = replace(simulator.profile, first_token_delay_seconds=seconds, **more)


def refusals(simulator: Simulator) -> int:
    requests = simulator.counts.requests
    return sum(count for (_, _, status), count in requests.items() if status == 429)


async def at(simulator: Simulator, in_flight: int) -> None:
    await simulator.counts.until(lambda counts: counts.in_flight == in_flight)


async def test_a_second_attempt_answers_for_a_slow_provider(place: Place) -> None:
    slow_down(place, "slow", 60)
    answer = await place.ask("hedged")
    assert answer.status_code == 200
    assert answer.headers["x-turnout-provider"] == "quick"
    assert answer.headers["x-turnout-attempts"] == "2"
    assert answer.headers["x-turnout-hedged"] == "true"
    async with asyncio.timeout(1):
        await place.simulators["slow"].counts.until(lambda counts: counts.aborted_requests == 1)
    rows = await place.written(answer.headers["x-turnout-request-id"], 2)
    assert rows == [(1, "slow", "hedged"), (2, "quick", "completed")]


async def test_a_slow_stream_is_overtaken_and_closed(place: Place) -> None:
    slow_down(place, "slow", 60)
    answer = await place.ask("streamed", stream=True)
    assert answer.text.endswith("data: [DONE]\n\n")
    assert answer.headers["x-turnout-provider"] == "quick"
    assert answer.headers["x-turnout-hedged"] == "true"
    async with asyncio.timeout(1):
        await place.simulators["slow"].counts.until(lambda counts: counts.aborted_streams == 1)
    rows = await place.written(answer.headers["x-turnout-request-id"], 2)
    assert rows == [(1, "slow", "hedged"), (2, "quick", "completed")]


async def test_who_is_in_time_is_not_hedged(place: Place) -> None:
    answer = await place.ask("hedged")
    assert answer.headers["x-turnout-provider"] == "slow"
    assert "x-turnout-hedged" not in answer.headers
    assert place.simulators["quick"].counts.total_requests == 0


async def test_the_share_of_hedged_requests_is_capped(place: Place) -> None:
    slow_down(place, "slow", 0.2)
    answers = await asyncio.gather(*(place.ask("capped") for _ in range(40)))
    hedged = [a for a in answers if "x-turnout-hedged" in a.headers]
    assert {answer.status_code for answer in answers} == {200}
    assert 1 <= len(hedged) <= 5
    assert place.simulators["quick"].counts.total_requests == len(hedged)


async def test_what_a_full_provider_has_no_room_for_goes_elsewhere(place: Place) -> None:
    slow_down(place, "narrow", 0.5)
    answers = await asyncio.gather(*(place.ask("spilling") for _ in range(6)))
    providers = sorted(answer.headers["x-turnout-provider"] for answer in answers)
    assert providers == ["narrow"] * 2 + ["wide"] * 4
    assert {answer.headers["x-turnout-attempts"] for answer in answers} == {"1"}


async def test_more_than_fit_in_line_are_told_to_come_again(place: Place) -> None:
    slow_down(place, "narrow", 0.5)
    answers = await asyncio.gather(*(place.ask("narrow/m") for _ in range(9)))
    refused = [answer for answer in answers if answer.status_code == 503]
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [503] * 4
    assert {answer.json()["error"]["code"] for answer in refused} == {"at_capacity"}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert place.simulators["narrow"].counts.total_requests == 5


async def test_who_waits_is_served_in_order_and_who_hangs_up_is_not(place: Place) -> None:
    narrow = place.simulators["narrow"]
    slow_down(place, "narrow", 0.3, record=10)
    inside = [asyncio.create_task(place.ask("narrow/m")) for _ in range(2)]
    await at(narrow, 2)
    waiting = []
    for name in ("first", "second", "third"):
        waiting.append(asyncio.create_task(place.ask("narrow/m", user=name)))
        await asyncio.sleep(0.05)  # nothing outside tells that it stands in line
    waiting[1].cancel()
    await asyncio.gather(*inside, *waiting, return_exceptions=True)
    bodies: list[Any] = [recorded.body for recorded in narrow.counts.recorded]
    assert [body.get("user") for body in bodies] == [None, None, "first", "third"]


async def test_a_provider_that_bears_less_is_asked_for_less_and_more_again(place: Place) -> None:
    learning = place.simulators["learning"]
    slow_down(place, "learning", 0.05, requests_at_once=ROOM, retry_after_seconds=0)

    async def caller(count: int) -> set[int]:
        return {(await place.ask("learning/m")).status_code for _ in range(count)}

    await asyncio.gather(*(caller(4) for _ in range(32)))
    learning.reset()
    answers = await asyncio.gather(*(caller(10) for _ in range(32)))
    assert set().union(*answers) == {200}
    assert refusals(learning) < 0.3 * learning.counts.total_requests
    slow_down(place, "learning", 0.02, requests_at_once=None)
    learning.reset()
    answers = await asyncio.gather(*(caller(10) for _ in range(32)))
    assert set().union(*answers) == {200}
    assert refusals(learning) == 0
