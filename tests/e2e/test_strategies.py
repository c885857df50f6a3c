"""Every strategy on a started gateway: who of three equals answers."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
import pytest_asyncio
from tests.support.turnout_process import RunningTurnout, started

from turnout.domain.routing.routing_policy import Strategy
from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.server import Simulator

pytestmark = pytest.mark.asyncio(loop_scope="module")
NAMES = ("north", "south", "east")
KEYS = [f"key-{number}" for number in range(12)]
WEIGHTS = {"north": 3, "south": 2, "east": 1}
PRICES = {"north": 3.0, "south": 0.5, "east": None}
CHAINS: dict[str, dict[str, Any]] = {
    **{strategy.value: {"strategy": strategy.value} for strategy in Strategy},
    "by_key": {"strategy": "sticky", "sticky": {"by": "key"}},
    "by_header": {"strategy": "sticky", "sticky": {"by": "header", "header": "X-Session"}},
}


def model(chain: str, name: str) -> dict[str, Any]:
    """Each chain has models of its own: what one test does, steers no other."""
    price = PRICES[name]
    known = {"price": {"input": price, "output": price}} if price is not None else {}
    return {"name": f"{chain}-{name}", **known}


@dataclass(frozen=True, slots=True)
class Balanced:
    """A gateway with one worker, and the simulators behind it."""

    gateway: RunningTurnout
    simulators: dict[str, Simulator]

    def change(self, name: str, **fields: Any) -> None:
        """Let a provider behave otherwise."""
        simulator = self.simulators[name]
        simulator.profile = replace(simulator.profile, **fields)

    async def answered(
        self, chain: str, times: int = 1, *, key: str = KEYS[0], at_once: bool = False, **more: Any
    ) -> list[str]:
        """Return who has answered, call by call."""
        async with self.gateway.http() as client:
            if at_once:
                calls = [self._ask(client, chain, number, key, more) for number in range(times)]
                return await asyncio.gather(*calls)
            return [await self._ask(client, chain, n, key, more) for n in range(times)]

    async def _ask(
        self, client: httpx.AsyncClient, chain: str, number: int, key: str, more: dict[str, Any]
    ) -> str:
        headers = {"authorization": f"Bearer {key}", **more.get("headers", {})}
        messages = more.get("messages") or [{"role": "user", "content": f"Question {number}"}]
        body = {"model": chain, "messages": messages, "stream": more.get("stream", False)}
        response = await client.post("/v1/chat/completions", json=body, headers=headers)
        assert response.status_code == 200, response.text
        return response.headers["x-turnout-provider"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Balanced]:
    async with AsyncExitStack() as stack:
        simulators = {
            name: await stack.enter_async_context(Simulator(Profile(name=name))) for name in NAMES
        }
        content = {
            "server": {"access_keys": KEYS, "workers": 1},
            "ai_providers": {
                name: {
                    "protocol": "openai_chat",
                    "base_url": f"{simulator.base_url}/v1",
                    "api_key": "${SIMULATED_KEY}",
                    "models": [model(chain, name) for chain in CHAINS],
                }
                for name, simulator in simulators.items()
            },
            "fallback_chains": {
                chain: {
                    **rules,
                    "tiers": [
                        [
                            {
                                "target": f"{name}/{chain}-{name}",
                                "weight": WEIGHTS[name] if chain == "weighted" else 1,
                            }
                            for name in NAMES
                        ]
                    ],
                }
                for chain, rules in CHAINS.items()
            },
        }
        folder = tmp_path_factory.mktemp("strategies")
        environ = {"SIMULATED_KEY": "k"}
        gateway = await stack.enter_async_context(started(folder, content, environ=environ))
        yield Balanced(gateway, simulators)


@pytest.fixture
def balanced(running: Balanced) -> Balanced:
    for simulator in running.simulators.values():
        simulator.profile = Profile(name=simulator.profile.name)
        simulator.reset()
    return running


async def test_weights_hold_to_the_request(balanced: Balanced) -> None:
    shares = Counter(await balanced.answered("weighted", 60))
    assert shares == {"north": 30, "south": 20, "east": 10}


async def test_a_busy_target_is_left_alone(balanced: Balanced) -> None:
    balanced.change("south", first_token_delay_seconds=30.0)
    slow = asyncio.create_task(balanced.answered("least_in_flight", 3, at_once=True))
    await balanced.simulators["south"].counts.until(lambda counts: counts.in_flight > 0)
    assert set(await balanced.answered("least_in_flight", 20)) == {"north", "east"}
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)


@pytest.mark.parametrize("stream", [False, True])
async def test_a_slow_target_gets_the_fewest(balanced: Balanced, stream: bool) -> None:
    balanced.change("north", first_token_delay_seconds=0.3)
    shares = Counter(await balanced.answered("fastest", 60, stream=stream))
    assert shares["north"] <= 4
    assert shares["south"] > 10
    assert shares["east"] > 10


async def test_the_cheapest_answers_and_an_unknown_price_comes_last(balanced: Balanced) -> None:
    assert set(await balanced.answered("cheapest", 5)) == {"south"}
    balanced.change("south", error_rate=1.0, error_kinds=("unauthorized",))
    assert await balanced.answered("cheapest") == ["north"]
    balanced.change("north", error_rate=1.0, error_kinds=("unauthorized",))
    assert await balanced.answered("cheapest") == ["east"]


async def test_who_is_near_its_limit_is_spared(balanced: Balanced) -> None:
    balanced.change("north", requests_per_window=1000)
    balanced.change("south", requests_per_window=10)
    balanced.change("east", requests_per_window=100)
    shares = Counter(await balanced.answered("headroom", 100))
    assert shares["south"] < shares["east"] < shares["north"]
    assert shares["south"] <= 5


async def test_a_key_sticks_and_keys_are_spread(balanced: Balanced) -> None:
    homes = {key: set(await balanced.answered("by_key", 4, key=key)) for key in KEYS}
    assert all(len(home) == 1 for home in homes.values())
    assert set.union(*homes.values()) == set(NAMES)


async def test_a_header_sticks_whatever_its_case(balanced: Balanced) -> None:
    homes = [
        set(await balanced.answered("by_header", 3, headers={"x-SESSION": f"s{number}"}))
        for number in range(12)
    ]
    assert all(len(home) == 1 for home in homes)
    assert set.union(*homes) == set(NAMES)
    assert set(await balanced.answered("by_header", 6)) == set(NAMES)


async def test_a_conversation_sticks_and_comes_back_after_a_failure(balanced: Balanced) -> None:
    talk = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
    longer = [*talk, {"role": "assistant", "content": "Hi"}, {"role": "user", "content": "More"}]
    (home,) = {
        *await balanced.answered("sticky", 3, messages=talk),
        *await balanced.answered("sticky", 3, messages=longer),
    }
    balanced.change(home, error_rate=1.0, error_kinds=("not_found",))
    refuge = set(await balanced.answered("sticky", 3, messages=talk))
    assert len(refuge) == 1
    assert home not in refuge
    balanced.change(home, error_rate=0.0)
    assert await balanced.answered("sticky", messages=talk) == [home]
