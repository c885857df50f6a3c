"""Access keys from the outside: issued by the command line, shown by the official client."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
import pytest_asyncio
from tests.support.turnout_process import RunningTurnout, started
from tests.support.worlds import QUESTION, configuration, three_simulators

pytestmark = pytest.mark.asyncio(loop_scope="module")
MOST_SECONDS = 2.0
"""Until every worker must know of a change."""
ENVIRON = {"SIMULATED_KEY": "simulated"}


@dataclass(frozen=True, slots=True)
class Gateway:
    """Two workers and a control plane; `folder` has the file and the store."""

    running: RunningTurnout
    folder: Path

    async def keys(self, *arguments: str) -> Any:
        """Run `turnout keys ... --json` on the store; return what it prints."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "turnout", "keys", *arguments),
            *("--config", str(self.folder / "turnout.yaml")),
            *(() if arguments[0] == "revoke" else ("--json",)),
            env={**os.environ, **ENVIRON},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
        return None if arguments[0] == "revoke" else json.loads(output)

    async def issue(self, *options: str) -> tuple[str, str]:
        """Issue a key; return its id and token once all workers know it."""
        issued = await self.keys("issue", "--name", "ci", *options)
        return issued["id"], issued["token"]

    async def ask(self, token: str, model: str = "default") -> str | None:
        """Ask once, on a connection of its own; return the provider that answered."""
        async with self.running.openai(token) as client:
            answer = await client.chat.completions.with_raw_response.create(
                model=model, messages=QUESTION
            )
        return answer.headers.get("x-turnout-provider")

    async def is_good(self, token: str) -> bool:
        """Tell whether the key is let in."""
        try:
            await self.ask(token)
        except openai.AuthenticationError:
            return False
        return True

    async def everywhere(self, token: str, *, good: bool) -> None:
        """Wait until twelve new connections in a row, so both workers, say so; 2 s at most."""

        async def agree() -> None:
            while True:
                answers = [await self.is_good(token) for _ in range(12)]
                if all(answer is good for answer in answers):
                    return
                await asyncio.sleep(0.05)

        # Looking takes its own time, which is not the gateway's.
        await asyncio.wait_for(agree(), MOST_SECONDS + 8.0)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway")
    async with three_simulators() as simulators:
        file = {"server": {"workers": 2}, **configuration(simulators)}
        async with started(folder, file, environ=ENVIRON, role="all") as running:
            yield Gateway(running, folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def token(gateway: Gateway) -> str:
    """A key for everything, known to all workers; with it the gateway is closed to others."""
    async with gateway.running.openai("anything") as client:
        await client.models.list()  # open as long as there is no key
    _, token = await gateway.issue()
    await gateway.everywhere("anything", good=False)
    await gateway.everywhere(token, good=True)
    return token


async def test_a_key_is_known_by_all_workers_and_stored_as_a_digest(
    gateway: Gateway, token: str
) -> None:
    assert await gateway.ask(token) == "north"
    stored = b"".join(file.read_bytes() for file in gateway.folder.glob("turnout.db*"))
    assert token.rpartition("-")[2].encode() not in stored
    assert token not in gateway.running.log.read_text()


async def test_without_a_key_or_with_a_wrong_one_nobody_is_let_in(
    gateway: Gateway, token: str
) -> None:
    async with httpx.AsyncClient(base_url=gateway.running.base_url, trust_env=False) as client:
        answer = await client.get("/models")
        assert answer.status_code == 401
    wrong = token[:-1] + ("a" if token[-1] != "a" else "b")
    with pytest.raises(openai.AuthenticationError) as refused:
        await gateway.ask(wrong)
    assert refused.value.code == "invalid_api_key"
    assert wrong not in str(refused.value)


async def test_both_tokens_of_a_rotated_key_are_good_while_they_overlap(
    gateway: Gateway, token: str
) -> None:
    id, old = await gateway.issue()
    await gateway.everywhere(old, good=True)
    new = (await gateway.keys("rotate", id, "--overlap", "1h"))["token"]
    await gateway.everywhere(new, good=True)
    assert await gateway.is_good(old)
    newest = (await gateway.keys("rotate", id, "--overlap", "0s"))["token"]
    await gateway.everywhere(newest, good=True)
    await gateway.everywhere(new, good=False)
    assert not await gateway.is_good(old)


async def test_a_revoked_key_is_refused_by_every_worker(gateway: Gateway, token: str) -> None:
    id, revoked = await gateway.issue()
    await gateway.everywhere(revoked, good=True)
    await gateway.keys("revoke", id)
    began = asyncio.get_running_loop().time()
    await gateway.everywhere(revoked, good=False)
    assert asyncio.get_running_loop().time() - began < MOST_SECONDS + 8.0
    assert await gateway.is_good(token)


async def test_a_key_expires(gateway: Gateway, token: str) -> None:
    end = datetime.fromtimestamp(time.time() + 1.5, UTC).isoformat()
    async with gateway.running.control() as control:
        issued = await control.post("/api/keys", json={"name": "short", "expires_at": end})
    short = issued.raise_for_status().json()["token"]
    await asyncio.sleep(max(0.0, datetime.fromisoformat(end).timestamp() - time.time()))
    await gateway.everywhere(short, good=False)
    with pytest.raises(openai.AuthenticationError, match="expired"):
        await gateway.ask(short)


async def test_a_key_may_be_bound_to_networks(gateway: Gateway, token: str) -> None:
    _, elsewhere = await gateway.issue("--network", "10.0.0.0/8")
    _, here = await gateway.issue("--network", "127.0.0.0/8", "--network", "::1")
    await gateway.everywhere(here, good=True)
    with pytest.raises(openai.AuthenticationError, match="from this address"):
        await gateway.ask(elsewhere)


async def test_what_a_key_may_not_use_does_not_exist_for_it(gateway: Gateway, token: str) -> None:
    _, narrow = await gateway.issue("--route", "default", "--provider", "south")
    await gateway.everywhere(narrow, good=True)
    assert await gateway.ask(narrow) == "south"
    with pytest.raises(openai.NotFoundError) as refused:
        await gateway.ask(narrow, "north/sim-north")
    assert refused.value.code == "model_not_found"
    async with gateway.running.openai(narrow) as client:
        assert [model.id for model in (await client.models.list()).data] == ["default"]
    async with gateway.running.openai(token) as client:
        assert len((await client.models.list()).data) > 10


async def test_the_api_issues_shows_revises_and_revokes(gateway: Gateway, token: str) -> None:
    async with gateway.running.control() as control:
        body = {"name": "api", "models": ["sim-east"], "expires_at": "2999-01-01T00:00:00Z"}
        issued = (await control.post("/api/keys", json=body)).raise_for_status()
        assert issued.headers["cache-control"] == "no-store"
        key = issued.json()
        await gateway.everywhere(key["token"], good=True)
        assert await gateway.ask(key["token"]) == "east"
        where = issued.headers["location"]
        shown = (await control.get(where)).json()
        assert "token" not in shown
        assert shown["models"] == ["sim-east"]
        patched = await control.patch(where, json={"models": [], "providers": ["south"]})
        assert patched.json()["providers"] == ["south"]
        rotated = await control.post(f"{where}/rotate", json={"overlap_seconds": 0})
        await gateway.everywhere(rotated.json()["token"], good=True)
        assert await gateway.ask(rotated.json()["token"]) == "south"
        assert (await control.delete(where)).json()["revoked_at"] is not None
        assert (await control.delete(where)).status_code == 409
        listed = (await control.get("/api/keys")).text
        assert token not in listed
        assert key["token"] not in listed
        await gateway.everywhere(key["token"], good=False)


async def test_a_store_that_is_away_makes_no_good_key_a_bad_one(
    gateway: Gateway, token: str
) -> None:
    store = gateway.folder / "turnout.db"
    away = store.with_name("away.db")
    store.rename(away)
    try:
        await _logged(gateway, "reading access keys fails")
        assert all([await gateway.is_good(token) for _ in range(12)])
        assert not await gateway.is_good("anything")
    finally:
        away.rename(store)
    await _logged(gateway, "reading access keys works again")
    assert await gateway.is_good(token)


async def _logged(gateway: Gateway, words: str) -> None:
    for _ in range(200):
        if gateway.running.log.read_text().count(words) >= 2:  # by both workers
            return
        await asyncio.sleep(0.05)
    raise AssertionError(gateway.running.log.read_text())
