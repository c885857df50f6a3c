"""Several keys of one provider on a started gateway: balanced, and cut off one by one."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from tests.support.turnout_process import RunningTurnout, started
from tests.support.worlds import QUESTION

from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.server import Simulator

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEYS = {"KEY_A": "key-of-account-a", "KEY_B": "key-of-account-b"}
MODELS = ["balanced", "limited", "refused", "addressed"]
CHAINS: dict[str, Any] = {
    name: {"tiers": [[f"two/{name}"]]} for name in ("balanced", "limited", "refused")
}


@dataclass(frozen=True, slots=True)
class Accounts:
    """A gateway before a simulator that knows both keys, and where its store is."""

    gateway: RunningTurnout
    simulator: Simulator
    folder: Path

    async def ask(self, model: str, count: int) -> list[httpx.Response]:
        """Ask so many times, one after the other."""
        async with self.gateway.http() as client:
            body = {"model": model, "messages": QUESTION}
            return [await client.post("/v1/chat/completions", json=body) for _ in range(count)]

    async def spend(self, key: str, count: int) -> None:
        """Use up some of what an account has, past the gateway."""
        headers = {"authorization": f"Bearer {key}"}
        url = f"{self.simulator.base_url}/v1/chat/completions"
        async with httpx.AsyncClient(headers=headers) as client:
            for _ in range(count):
                await client.post(url, json={"model": "m", "messages": QUESTION})

    async def written(self, route: str, count: int) -> Counter[tuple[int, str]]:
        """Return account and outcome of the attempts of a route, once so many are stored."""
        query = "SELECT account, outcome FROM ledger_attempt WHERE route = ?"
        with closing(sqlite3.connect(self.folder / "turnout.db")) as store:
            async with asyncio.timeout(20):
                while True:
                    with suppress(sqlite3.OperationalError):  # the store may still be in the making
                        rows = store.execute(query, (route,)).fetchall()
                        if len(rows) >= count:
                            return Counter(rows)
                    await asyncio.sleep(0.1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def accounts(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Accounts]:
    folder = tmp_path_factory.mktemp("keys")
    async with Simulator(Profile(name="two")) as simulator:
        two = {
            "protocol": "openai_chat",
            "base_url": f"{simulator.base_url}/v1",
            "api_keys": ["${KEY_A}", "${KEY_B}"],
            "models": MODELS,
        }
        gone = {**two, "api_keys": ["file:/nowhere/key", "${KEY_B}"], "models": ["partly"]}
        content = {
            "ai_providers": {"two": two, "gone": gone},
            "fallback_chains": {**CHAINS, "whole": ["two"], "partly": ["gone"]},
        }
        async with started(folder, content, environ=KEYS) as gateway:
            yield Accounts(gateway, simulator, folder)


@pytest.fixture(autouse=True)
def _fresh(accounts: Accounts) -> None:
    accounts.simulator.profile = Profile(name="two")
    accounts.simulator.reset()


def _statuses(accounts: Accounts) -> Counter[int]:
    statuses: Counter[int] = Counter()
    for (_, _, status), count in accounts.simulator.counts.requests.items():
        statuses[status] += count
    return statuses


async def test_both_accounts_are_asked_evenly(accounts: Accounts) -> None:
    accounts.simulator.profile = Profile(requests_per_window=10, window_seconds=600)
    answers = await accounts.ask("balanced", 20)
    assert [answer.status_code for answer in answers] == [200] * 20
    assert _statuses(accounts) == {200: 20}  # 10 each: one more for either would be a 429
    attempts = await accounts.written("balanced", 20)
    assert attempts == {(1, "completed"): 10, (2, "completed"): 10}


async def test_one_accounts_limit_does_not_stop_the_other(accounts: Accounts) -> None:
    accounts.simulator.profile = Profile(requests_per_window=30, window_seconds=600)
    await accounts.spend(KEYS["KEY_A"], 28)
    accounts.simulator.counts.clear()
    answers = await accounts.ask("limited", 20)
    assert [answer.status_code for answer in answers] == [200] * 20
    assert _statuses(accounts) == {200: 20, 429: 1}  # whoever said 429 is not asked again
    attempts = await accounts.written("limited", 21)
    assert attempts == {(1, "completed"): 2, (1, "failed"): 1, (2, "completed"): 18}


async def test_a_refused_key_moves_on_to_the_next(accounts: Accounts) -> None:
    accounts.simulator.profile = Profile(require_key=KEYS["KEY_B"])
    answers = await accounts.ask("refused", 2)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert {answer.headers["x-turnout-provider"] for answer in answers} == {"two"}


async def test_a_target_without_a_model_has_every_account_too(accounts: Accounts) -> None:
    accounts.simulator.profile = Profile(requests_per_window=2, window_seconds=600)
    answers = await accounts.ask("whole", 4)
    assert [answer.status_code for answer in answers] == [200] * 4
    assert _statuses(accounts) == {200: 4}


async def test_an_address_has_every_account_too(accounts: Accounts) -> None:
    accounts.simulator.profile = Profile(requests_per_window=2, window_seconds=600)
    answers = await accounts.ask("two/addressed", 4)
    assert [answer.status_code for answer in answers] == [200] * 4


async def test_a_missing_key_leaves_its_account_out_alone(accounts: Accounts) -> None:
    answers = await accounts.ask("partly", 3)
    assert [answer.status_code for answer in answers] == [200] * 3
    assert await accounts.written("partly", 3) == {(2, "completed"): 3}


async def test_no_key_is_told(accounts: Accounts) -> None:
    accounts.simulator.profile = Profile(require_key="another")
    (answer,) = await accounts.ask("addressed", 1)
    assert answer.status_code in (401, 502, 503)
    await accounts.written("addressed", 1)
    told = answer.text + accounts.gateway.log.read_text()
    for key in KEYS.values():
        assert key not in told
        assert key.encode() not in (accounts.folder / "turnout.db").read_bytes()
