"""A started gateway follows its file: all of a change in every worker, or nothing of it."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import psutil
from openai import APIStatusError, AsyncOpenAI, AuthenticationError, NotFoundError
from tests.support.turnout_process import KEY, RunningTurnout, started
from tests.support.worlds import QUESTION

from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.server import Simulator

PATIENCE_SECONDS = 30


@dataclass
class Reloading:
    """A gateway, its file, and two simulators behind it."""

    file: Path
    gateway: RunningTurnout
    north: Simulator
    south: Simulator
    content: dict[str, Any] = field(default_factory=dict)

    def write(self, **sections: object) -> None:
        """Change whole sections of the file, in place."""
        self.content.update(sections)
        self.file.write_text(json.dumps(self.content))

    def replace(self) -> None:
        """Put a new file in the place of the old one, as editors do."""
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(self.content))
        new.replace(self.file)

    async def until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait for the control plane to tell of a state."""
        async with self.gateway.control() as control, asyncio.timeout(PATIENCE_SECONDS):
            while True:
                told: dict[str, Any] = (await control.get("/api/configuration/status")).json()
                if holds(told):
                    return told
                await asyncio.sleep(0.05)

    async def status(self) -> dict[str, Any]:
        return await self.until(lambda told: told["applied_at"] is not None)


def provider(simulator: Simulator, *models: str, **more: object) -> dict[str, object]:
    return {
        "protocol": "openai_chat",
        "base_url": f"{simulator.base_url}/v1",
        "models": list(models),
        **more,
    }


@asynccontextmanager
async def reloading(
    folder: Path, *arguments: str, role: str = "all", **environ: str
) -> AsyncIterator[Reloading]:
    async with Simulator(Profile(name="north")) as north, Simulator(Profile(name="south")) as south:
        content: dict[str, Any] = {
            "server": {"access_keys": [KEY]},
            "ai_providers": {"north": provider(north, "sim-a"), "south": provider(south, "sim-b")},
            "fallback_chains": {"main": ["north", "south"]},
        }
        text = json.dumps(content)
        async with started(folder, text, *arguments, role=role, environ=environ) as gateway:
            yield Reloading(folder / "turnout.yaml", gateway, north, south, content)


async def ask(client: AsyncOpenAI, model: str) -> str:
    reply = await client.chat.completions.create(model=model, messages=QUESTION)
    return reply.choices[0].message.content or ""


async def all_workers_know(running: Reloading, model: str, key: str = KEY) -> None:
    """Return once a model was known in a row of connections so long that all workers had some."""
    row = 0
    async with asyncio.timeout(PATIENCE_SECONDS):
        while row < 12:
            async with running.gateway.openai(key) as client:
                try:
                    await ask(client, model)
                except (NotFoundError, AuthenticationError):
                    row = 0
                    await asyncio.sleep(0.05)
                else:
                    row += 1


async def test_a_change_is_followed_and_a_bad_one_changes_nothing(tmp_path: Path) -> None:
    async with reloading(tmp_path, "--workers", "2") as running:
        before = await running.status()
        assert (before["watching"], before["last_error"]) == (True, None)
        assert before["files"] == [str(running.file)]
        good = running.content["ai_providers"]
        running.write(ai_providers={**good, "north": provider(running.north, "sim-a", "sim-new")})
        await all_workers_know(running, "sim-new")
        after = await running.until(lambda told: told["revision"] > before["revision"])

        bad = {**good, "north": provider(running.north, "sim-newer", wieght=1, priority="high")}
        running.write(ai_providers=bad)
        told = await running.until(lambda told: told["last_error"] is not None)
        assert told["revision"] == after["revision"]
        first, second = sorted(told["last_error"]["faults"])
        assert "ai_providers.north.priority" in first
        assert "ai_providers.north.wieght" in second
        async with running.gateway.openai() as client:
            assert "north" in await ask(client, "sim-new")

        running.write(ai_providers=good)
        mended = await running.until(lambda told: told["applied_at"] > after["applied_at"])
        assert mended["last_error"] == told["last_error"]
    log = running.gateway.log.read_text()
    assert "~ provider:north changed\n      models.sim-new.upstream: (none) -> sim-new" in log
    assert log.count("the last good one stays") == 1
    assert "wieght" in log


async def test_a_stream_outlives_the_provider_that_sends_it(tmp_path: Path) -> None:
    async with reloading(tmp_path) as running:
        running.north.profile = replace(
            running.north.profile, answer_tokens=150, token_delay_seconds=0.02
        )
        async with running.gateway.openai() as client:
            stream = await client.chat.completions.create(
                model="north/sim-a", messages=QUESTION, stream=True
            )
            ends: list[str | None] = []
            gone = asyncio.create_task(_take_north_away(running))
            async for chunk in stream:
                ends += [choice.finish_reason for choice in chunk.choices]
            assert gone.done()  # the stream went on well beyond that
            assert len(ends) > 150
            assert ends[-1] == "stop"


async def _take_north_away(running: Reloading) -> None:
    # Another limit on connecting is another pool: that of north has no provider any more.
    timeouts = {"timeouts": {"connect_seconds": 3}}
    running.write(
        ai_providers={"south": provider(running.south, "sim-b", **timeouts)},
        fallback_chains={"main": ["south"]},
    )
    async with running.gateway.openai() as client, asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                await ask(client, "north/sim-a")
            except NotFoundError:
                return


async def test_rules_and_further_keys_are_followed(tmp_path: Path) -> None:
    async with reloading(tmp_path, FIRST="key-one", SECOND="key-two") as running:
        before = await running.status()
        both = provider(
            running.north,
            "sim-a",
            "sim-new",
            api_keys=["${FIRST}", "${SECOND}"],
            circuit={"strikes_to_open": 2},
            probe="off",
            concurrency={"most": 5},
        )
        running.write(
            ai_providers={**running.content["ai_providers"], "north": both},
            fallback_chains={"main": {"tiers": [["north"]], "strategy": "sticky", "hedge": True}},
            upstream={"circuit": {"least_calls": 5}},
        )
        await all_workers_know(running, "sim-new")
        after = await running.until(lambda told: told["revision"] > before["revision"])
        assert after["needs_restart"] == []
        running.north.profile = replace(running.north.profile, require_key="key-two")
        async with running.gateway.openai() as client:
            assert "north" in await ask(client, "main")
            assert "north" in await ask(client, "main")
    log = running.gateway.log.read_text()
    assert "further_credentials: (none) -> [${SECOND}]" in log
    assert "circuit.strikes_to_open: 5 -> 2" in log
    assert "probe.kind: models -> off" in log
    assert "account" not in log
    assert "key-one" not in log
    assert "key-two" not in log


async def test_keys_are_followed_too_and_what_is_not_is_named(tmp_path: Path) -> None:
    async with reloading(tmp_path, "--workers", "2") as running:
        providers = {
            "north": provider(running.north, "sim-a", api_key="planted-1"),
            "south": provider(running.south, "sim-b"),
        }
        running.write(
            server={"access_keys": ["other-key"], "drain_seconds": 7}, ai_providers=providers
        )
        told = await running.until(lambda told: told["needs_restart"] != [])
        assert told["needs_restart"] == ["server.drain_seconds"]
        await all_workers_know(running, "north/sim-a", key="other-key")
        async with running.gateway.openai(KEY) as client:
            for _ in range(12):
                try:
                    await ask(client, "sim-a")
                except AuthenticationError:
                    continue
                raise AssertionError("the old key still opens")
        providers["north"] = provider(running.north, "sim-a", "sim-c", api_key="planted-2")
        running.write(ai_providers=providers)
        await all_workers_know(running, "sim-c", key="other-key")
        # A worker that is started again knows what its predecessors knew.
        (data, _) = psutil.Process(running.gateway.process.pid).children()
        for worker in data.children():
            os.kill(worker.pid, signal.SIGKILL)
        await _once_served(running, "sim-c", "other-key")
        await all_workers_know(running, "sim-c", key="other-key")
    log = running.gateway.log.read_text()
    assert "in force after a restart only:\n  server.drain_seconds" in log
    assert "~ server.access_keys changed" in log
    assert "~ ai_providers.north.api_key changed" in log
    assert "planted" not in log
    assert "other-key" not in log


async def _once_served(running: Reloading, model: str, key: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                async with running.gateway.http() as client:
                    body = {"model": model, "messages": QUESTION}
                    headers = {"authorization": f"Bearer {key}"}
                    reply = await client.post("/v1/chat/completions", json=body, headers=headers)
                assert reply.status_code == 200
                return
            except httpx.TransportError:
                await asyncio.sleep(0.05)


async def test_without_watching_a_signal_reloads(tmp_path: Path) -> None:
    async with reloading(tmp_path, "--no-watch") as running:
        assert not (await running.status())["watching"]
        running.write(ai_providers={"south": provider(running.south, "sim-d")}, fallback_chains={})
        running.gateway.process.send_signal(signal.SIGHUP)
        await all_workers_know(running, "sim-d")


async def test_a_mounted_files_links_are_followed(tmp_path: Path) -> None:
    """As Kubernetes swaps a ConfigMap: the file is a link into a folder that is a link itself."""
    async with Simulator(Profile(name="north")) as north:
        for version, model in (("1", "sim-a"), ("2", "sim-b")):
            (tmp_path / version).mkdir()
            _write(tmp_path / version, {"north": provider(north, model)})
        (tmp_path / "data").symlink_to("1")
        mounted = tmp_path / "mounted"
        mounted.mkdir()
        (mounted / "turnout.yaml").symlink_to(tmp_path / "data" / "turnout.yaml")
        text = (tmp_path / "1" / "turnout.yaml").read_text()
        async with started(mounted, text) as gateway:
            running = Reloading(mounted / "turnout.yaml", gateway, north, north)
            await all_workers_know(running, "sim-a")
            (tmp_path / "new").symlink_to("2")
            (tmp_path / "new").rename(tmp_path / "data")
            await all_workers_know(running, "sim-b")


def _write(folder: Path, providers: Mapping[str, object]) -> None:
    content = {"server": {"access_keys": [KEY]}, "ai_providers": providers}
    (folder / "turnout.yaml").write_text(json.dumps(content))


async def test_a_secrets_file_is_watched(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("planted-old")
    async with Simulator(Profile(name="north", require_key="planted-new")) as north:
        entry = provider(north, "sim-a", api_key=f"file:{secret}")
        content = {"server": {"access_keys": [KEY]}, "ai_providers": {"north": entry}}
        async with started(tmp_path, json.dumps(content)) as gateway, gateway.openai() as client:
            try:
                await ask(client, "north/sim-a")
            except APIStatusError as refused:
                assert refused.status_code == 502
            secret.write_text("planted-new")
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    try:
                        assert "north" in await ask(client, "north/sim-a")
                        return
                    except APIStatusError:
                        await asyncio.sleep(0.1)
