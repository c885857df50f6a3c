"""Budgets from the outside: set over the API, met by the official client, kept over a restart."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import openai
import pytest
from tests.support.turnout_process import RunningTurnout, started
from tests.support.worlds import QUESTION

from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.server import Simulator

PARALLEL = 200
ANSWER_TOKENS = 100
PRICE = {"input": 0, "output": 1000}
"""Dollars per million tokens: an answer of 100 tokens costs ten cents at most."""
ONE_REQUEST = Decimal("0.1")


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator(Profile(name="north")) as simulator:
        yield simulator


def file(simulator: Simulator, **sections: Any) -> dict[str, Any]:
    models = [{"name": "sim", "price": PRICE}, {"name": "gratis"}]
    provider = {"protocol": "openai_chat", "base_url": f"{simulator.base_url}/v1", "models": models}
    return {
        "ai_providers": {"north": {**provider, "api_key": "x"}},
        "fallback_chains": {"default": ["north/sim"]},
        **sections,
    }


async def set_budget(gateway: RunningTurnout, name: str, **settings: Any) -> None:
    async with gateway.control() as client:
        answer = await client.put(f"/api/budgets/{name}", json=settings)
    assert answer.status_code in (200, 201), answer.text


async def state(gateway: RunningTurnout, name: str) -> dict[str, Any]:
    async with gateway.control() as client:
        found: dict[str, Any] = (await client.get(f"/api/budgets/{name}")).json()
    return found


async def ask(client: openai.AsyncOpenAI, **changes: Any) -> str:
    """Ask once; return `ok`, or the code of the refusal."""
    wanted: dict[str, Any] = {
        "model": "default",
        "messages": QUESTION,
        "max_tokens": ANSWER_TOKENS,
        **changes,
    }
    try:
        await client.chat.completions.create(**wanted)
    except openai.APIStatusError as error:
        return str(error.code)
    return "ok"


async def flood(gateways: Sequence[RunningTurnout], requests: int) -> Counter[str]:
    """Ask all at once, of all gateways in turn."""
    clients = [gateway.openai() for gateway in gateways]
    try:
        asked = [ask(clients[number % len(clients)]) for number in range(requests)]
        return Counter(await asyncio.gather(*asked))
    finally:
        for client in clients:
            await client.close()


MASTER = {"TURNOUT_MASTER_KEY": "ab" * 32}
ON_DEFAULT = {"kind": "route", "subject": "default", "window": "month"}
ON_NORTH = {"kind": "provider", "subject": "north", "window": "month"}
STATIC = {"kind": "key", "subject": "static-1", "window": "month"}


async def test_room_for_one_lets_one_through_of_200_and_a_restart_forgets_nothing(
    tmp_path: Path, simulator: Simulator
) -> None:
    configuration = file(simulator)
    async with started(tmp_path, configuration, role="control") as control:
        await set_budget(control, "one", **ON_DEFAULT, limit_dollars=str(ONE_REQUEST))
        async with started(tmp_path, configuration) as gateway:
            assert await flood([gateway], PARALLEL) == {"ok": 1, "budget_spent": PARALLEL - 1}
        stood = Decimal((await state(control, "one"))["spent_dollars"])
        assert 0 < stood < ONE_REQUEST
        async with started(tmp_path, configuration) as gateway:
            assert await flood([gateway], 3) == {"budget_spent": 3}
        assert Decimal((await state(control, "one"))["spent_dollars"]) == stood


async def test_two_replicas_with_two_workers_each_let_one_through(
    tmp_path: Path, simulator: Simulator, empty_postgres_url: str
) -> None:
    url = empty_postgres_url.replace("+asyncpg", "")
    configuration = file(simulator, database={"url": url})
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    async with started(tmp_path, configuration, environ=MASTER, role="control") as control:
        await set_budget(control, "one", **ON_DEFAULT, limit_dollars=str(ONE_REQUEST))
        async with (
            started(tmp_path / "a", configuration, "--workers", "2", environ=MASTER) as one,
            started(tmp_path / "b", configuration, "--workers", "2", environ=MASTER) as other,
        ):
            told = await flood([one, other], PARALLEL)
    assert told == {"ok": 1, "budget_spent": PARALLEL - 1}


async def test_budgets_of_keys_and_providers_and_unknown_prices(
    tmp_path: Path, simulator: Simulator
) -> None:
    configuration = file(simulator)
    async with started(tmp_path, configuration, role="control") as control:
        await set_budget(control, "north", **ON_NORTH, limit_dollars="0.5")
        await set_budget(control, "strict", **STATIC, limit_dollars="100", unknown_price="refuse")
        async with started(tmp_path, configuration) as gateway, gateway.openai() as client:
            assert await ask(client) == "ok"
            assert await ask(client, max_tokens=501) == "budget_spent"
            assert await ask(client, model="north/gratis") == "no_provider_available"
