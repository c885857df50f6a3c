"""The commands that look at a running gateway, on one that was started and has been asked."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.support.cli import Ran, run
from tests.support.turnout_process import RunningTurnout, started

from turnout.bootstrap.__main__ import ACTIONS
from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.server import Simulator

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE_SECONDS = 30.0
QUESTION = {"model": "main", "messages": [{"role": "user", "content": "hello"}]}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningTurnout]:
    folder = tmp_path_factory.mktemp("watched")
    async with Simulator(Profile(name="north")) as north:
        north_entry = {
            "protocol": "openai_chat",
            "base_url": f"{north.base_url}/v1",
            "models": ["sim"],
            "probe": "off",
        }
        said = {
            "database": {"url": f"sqlite:///{folder}/watched.db"},
            "ledger": {"flush_seconds": 0.2},
            "ai_providers": {"north": north_entry},
            "fallback_chains": {"main": ["north/sim"]},
            "alerts": {"channels": {"lost": {"kind": "webhook", "url": "http://127.0.0.1:1/"}}},
        }
        async with started(folder, said, role="all") as gateway:
            async with gateway.http() as client:
                for _ in range(3):
                    answer = await client.post("/v1/chat/completions", json=QUESTION)
                    assert answer.status_code == 200, answer.text
            yield gateway


async def turnout(gateway: RunningTurnout, *arguments: str) -> Ran:
    """Run the real command against the gateway; it runs a loop of its own, in a thread."""
    return await asyncio.to_thread(run, ACTIONS, *arguments, "--url", gateway.control_url)


async def test_status_is_one_screen(gateway: RunningTurnout) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:  # until the ledger has added the three requests up
            asked = await turnout(gateway, "status", "--json")
            assert asked.code == 0, asked.errors
            told = json.loads(asked.output)
            if sum(row["figures"]["requests"] for row in told["requests"]["rows"]) == 3:
                break
    shown = await turnout(gateway, "status")
    assert shown.code == 0, shown.errors
    for words in ("data plane: http://127.0.0.1", "1 of 1", "alerts: none", "main"):
        assert words in shown.output
    assert told["health"][0]["deployment"] == "north/sim"


async def test_top_goes_on_showing_it(gateway: RunningTurnout) -> None:
    told = await turnout(gateway, "top", "--json", "--rounds", "2", "--every", "1")
    assert told.code == 0, told.errors
    looks = [json.loads(line) for line in told.output.splitlines()]
    assert [look["configuration"]["last_error"] for look in looks] == [None, None]


async def test_chains_are_listed_and_shown(gateway: RunningTurnout) -> None:
    listed = json.loads((await turnout(gateway, "chains", "list", "--json")).output)
    assert [chain["name"] for chain in listed] == ["main"]
    shown = await turnout(gateway, "chains", "show", "main")
    assert "north/sim" in shown.output
    assert "100%" in shown.output


async def test_a_tail_shows_the_latest_attempts(gateway: RunningTurnout) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            told = await turnout(gateway, "requests", "tail", "--no-follow", "-n", "2", "--json")
            attempts = [json.loads(line) for line in told.output.splitlines()]
            if len(attempts) == 2:
                break
    assert {attempt["outcome"] for attempt in attempts} == {"completed"}
    assert attempts[0]["ended_at"] <= attempts[1]["ended_at"]


async def test_alerts_are_silenced_and_no_longer(gateway: RunningTurnout) -> None:
    made = await turnout(gateway, "alerts", "silence", "--about", "north", "--json")
    id = json.loads(made.output)["id"]
    listed = json.loads((await turnout(gateway, "alerts", "silences", "--json")).output)
    assert json.loads(made.output) in listed
    ended = await turnout(gateway, "alerts", "unsilence", id)
    assert (ended.code, ended.output) == (0, f"{id} has ended\n")
    again = await turnout(gateway, "alerts", "unsilence", id)
    assert again.code == 1
    assert f"no silence {id!r}" in again.errors


async def test_a_channel_that_nobody_hears_is_told(gateway: RunningTurnout) -> None:
    tried = await turnout(gateway, "alerts", "test", "lost")
    assert tried.code == 1
    assert "lost: " in tried.errors
    unknown = await turnout(gateway, "alerts", "test", "lots")
    assert "did you mean 'lost'" in unknown.errors


async def test_rules_are_those_in_force(gateway: RunningTurnout) -> None:
    rules = json.loads((await turnout(gateway, "alerts", "rules", "--json")).output)
    assert {rule["name"]: rule["enabled"] for rule in rules}["error_budget_burn"]


async def test_what_was_done_is_in_the_audit_log(gateway: RunningTurnout) -> None:
    await turnout(gateway, "alerts", "silence", "--about", "south")
    await turnout(gateway, "alerts", "test", "none")
    async with gateway.control() as control:
        lines = (await control.get("/api/audit")).json()["lines"]
    done = {(line["command"], line["entry"], line["result"]) for line in lines}
    assert ("silence_alerts", "alerts:*:south", "done") in done
    assert ("try_channel", "channel:none", "refused") in done
