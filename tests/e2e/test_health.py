"""Started gateways on real sockets: what one process learns of a provider, all of them heed."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from tests.support.turnout_process import RunningTurnout, started

from turnout.interfaces.simulator.profile import ErrorKind, Profile
from turnout.interfaces.simulator.server import Simulator

HEED_SECONDS = 2.0 + 3.0
"""Two of them are the promise, the others for a machine that has a lot to do besides."""
PATIENCE_SECONDS = 30.0
BROKEN = {"error_rate": 1.0, "error_kinds": (ErrorKind.SERVER_ERROR.value,)}
BY_RATE = {"strikes_to_open": 1000, "least_calls": 10, "open_seconds": 60}
QUESTION = {"model": "main", "messages": [{"role": "user", "content": "hello"}]}


@asynccontextmanager
async def simulators() -> AsyncIterator[tuple[Simulator, Simulator]]:
    async with Simulator(Profile(name="north")) as north, Simulator(Profile(name="south")) as south:
        yield north, south


def configuration(
    folder: Path, north: Simulator, south: Simulator, **of_north: object
) -> dict[str, object]:
    def provider(simulator: Simulator, **more: object) -> dict[str, object]:
        return {
            "protocol": "openai_chat",
            "base_url": f"{simulator.base_url}/v1",
            "models": ["sim"],
            "probe": "off",
            **more,
        }

    return {
        "database": {"url": f"sqlite:///{folder}/shared.db"},
        "ai_providers": {"north": provider(north, **of_north), "south": provider(south)},
        "fallback_chains": {"main": ["north", "south"]},
    }


async def ask(gateway: RunningTurnout, **more: object) -> Mapping[str, str]:
    """Ask once; return who answered after how many attempts."""
    async with gateway.http() as client:
        answer = await client.post("/v1/chat/completions", json=QUESTION | more)
        assert answer.status_code == 200, answer.text
        return answer.headers


async def told(gateway: RunningTurnout, path: str) -> Any:
    async with gateway.control() as control:
        answer = await control.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()


async def north_stands(gateway: RunningTurnout, state: str) -> tuple[dict[str, Any], float]:
    """Wait until the control plane shows north so; return the row and the seconds it took."""
    began = monotonic()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            rows = await told(gateway, "/api/health")
            row: dict[str, Any] = next(row for row in rows if row["deployment"] == "north/sim")
            if row["state"] == state:
                return row, monotonic() - began
            await asyncio.sleep(0.05)


async def avoids_north(gateway: RunningTurnout, *, pause_seconds: float = 0.4) -> tuple[int, float]:
    """Ask until the first attempt is south's; return how many times that took, and how long."""
    began = monotonic()
    async with asyncio.timeout(PATIENCE_SECONDS):
        times = 1
        while (await ask(gateway))["x-turnout-attempts"] != "1":
            times += 1
            await asyncio.sleep(pause_seconds)
    return times, monotonic() - began


async def test_what_one_replica_learns_another_heeds_and_a_restart_forgets_nothing(
    tmp_path: Path,
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    async with simulators() as (north, south):
        content = configuration(tmp_path, north, south, circuit=BY_RATE)
        async with started(one, content, role="all") as first:
            async with started(other, content) as second:
                north.profile = replace(north.profile, **BROKEN)  # type: ignore[arg-type]
                await avoids_north(first, pause_seconds=0)
                asked = north.counts.requests.total()
                _, seconds = await avoids_north(second)
                by_itself = north.counts.requests.total() - asked
                assert by_itself < 10, "ten failures of its own would have opened the circuit too"
                assert seconds < HEED_SECONDS
            row, _ = await north_stands(first, "open")
            assert (row["reason"], row["admits"]) == ("error_rate", False)
            (opened,) = await told(first, "/api/health/transitions")
            assert (opened["deployment"], opened["moved"]) == ("north/sim", "opened")
            explained = await told(first, "/api/routes/explain?model=main")
            health = {target["provider"]: target["health"] for target in explained["targets"]}
            assert (health["north"]["admits"], health["south"]["admits"]) == (False, True)
            assert health["north"]["until"] == pytest.approx(row["until"])
        async with started(other, content) as again:
            assert (await ask(again))["x-turnout-attempts"] == "1"


async def test_probes_find_an_outage_and_its_end_without_any_caller(tmp_path: Path) -> None:
    interval = 1.0
    async with simulators() as (north, south):
        probe = {"kind": "models", "interval_seconds": interval}
        content = configuration(tmp_path, north, south, probe=probe)
        async with started(tmp_path, content, role="all") as gateway:
            async with gateway.control() as control:
                answer = await control.post("/api/providers/north/probe")
            (outcome,) = answer.json()
            assert (outcome["account"], outcome["good"]) == ("north", True)
            await north.stop()
            row, seconds = await north_stands(gateway, "open")
            assert row["reason"] == "probe"
            assert seconds < interval + HEED_SECONDS
            _, seconds = await avoids_north(gateway)
            assert seconds < HEED_SECONDS
            await north.start()
            _, seconds = await north_stands(gateway, "closed")
            assert seconds < interval + HEED_SECONDS
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    if (await ask(gateway))["x-turnout-provider"] == "north":
                        break
                    await asyncio.sleep(0.1)


async def test_a_slow_provider_is_left_alone(tmp_path: Path) -> None:
    circuit = {"slow_seconds": 0.2, "slow_rate_to_open": 0.5, "least_calls": 3, "open_seconds": 60}
    async with simulators() as (north, south):
        north.profile = replace(north.profile, first_token_delay_seconds=0.4)
        content = configuration(tmp_path, north, south, circuit=circuit)
        async with started(tmp_path, content, role="all") as gateway:
            answers = [await ask(gateway, stream=number == 1) for number in range(3)]
            assert [answer["x-turnout-provider"] for answer in answers] == ["north"] * 3
            assert (await ask(gateway))["x-turnout-provider"] == "south"
            row, _ = await north_stands(gateway, "open")
            assert row["reason"] == "slow_rate"


async def test_a_gateway_whose_store_is_gone_serves_on(tmp_path: Path) -> None:
    async with simulators() as (north, south):
        content = configuration(tmp_path, north, south, circuit={"strikes_to_open": 2})
        async with started(tmp_path, content, role="all") as gateway:
            (tmp_path / "shared.db").rename(tmp_path / "away.db")
            north.profile = replace(north.profile, **BROKEN)  # type: ignore[arg-type]
            times, _ = await avoids_north(gateway)
            assert times <= 3
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    if "sharing health fails" in gateway.log.read_text():
                        break
                    await asyncio.sleep(0.05)
