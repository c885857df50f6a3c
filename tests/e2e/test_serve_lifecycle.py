"""How `turnout serve` starts, restarts and ends: each test has a gateway of its own."""

import asyncio
import signal
import sys
from dataclasses import replace
from pathlib import Path

import openai
import psutil
from tests.support.turnout_process import free_port, started
from tests.support.worlds import QUESTION, World, a_world

from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.server import Simulator


async def test_what_crashes_is_restarted_and_sigterm_finishes_streams(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        supervisor = psutil.Process(world.gateway.process.pid)
        (plane,) = supervisor.children()
        (worker,) = plane.children()
        worker.send_signal(signal.SIGKILL)
        await _once_answering(world)
        (worker,) = plane.children()
        plane.send_signal(signal.SIGKILL)
        # It leaves no worker behind to answer in the place of those to come.
        _, alive = await asyncio.to_thread(psutil.wait_procs, [worker], 20)
        assert alive == []
        await _once_answering(world)
        await _stop_within_a_stream(world)
        assert await world.gateway.stop() == 0


async def _once_answering(world: World) -> None:
    async with asyncio.timeout(30), world.gateway.openai() as client:
        while True:
            try:
                await client.chat.completions.create(model="default", messages=QUESTION)
            except openai.APIConnectionError:
                await asyncio.sleep(0.1)
            else:
                return


async def _stop_within_a_stream(world: World) -> None:
    north = world.simulators["north"]
    north.profile = replace(north.profile, answer_tokens=40, token_delay_seconds=0.03)
    async with world.gateway.openai() as client:
        stream = await client.chat.completions.create(
            model="north/sim-north", messages=QUESTION, stream=True
        )
        ends = []
        async for chunk in stream:
            ends += [choice.finish_reason for choice in chunk.choices]
            if len(ends) == 3:
                world.gateway.process.send_signal(signal.SIGTERM)
    assert len(ends) > 40
    assert ends[-1] == "stop"


async def test_a_killed_supervisor_leaves_nothing_behind(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        family = psutil.Process(world.gateway.process.pid).children(recursive=True)
        world.gateway.process.kill()
        _, alive = await asyncio.to_thread(psutil.wait_procs, family, 20)
    assert alive == []


async def test_the_users_file_works_as_it_stands(tmp_path: Path) -> None:
    text = Path(__file__).with_name("users_file.yaml").read_text()
    async with Simulator(Profile(name="stand-in")) as provider:
        environ = {
            "OPENAI_API_KEY": "planted-1",
            "GOOGLE_API_KEY": "planted-2",
            "TURNOUT__AI_PROVIDERS__OPENAI__BASE_URL": f"{provider.base_url}/v1",
            "TURNOUT__AI_PROVIDERS__GOOGLE__BASE_URL": provider.base_url,
        }
        async with started(tmp_path, text, environ=environ) as gateway, gateway.openai() as client:
            for model, answering in [
                ("default", "gpt-4"),
                ("gpt-3.5-turbo", "gpt-3.5-turbo"),
                ("gemini-1.5-flash-latest", "gemini-1.5-flash-latest"),
            ]:
                reply = await client.chat.completions.create(model=model, messages=QUESTION)
                assert reply.model == answering
    stored = (tmp_path / "turnout.db").read_bytes()
    assert b"planted" not in stored


async def test_without_keys_other_machines_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "turnout.yaml"
    file.write_text("ai_providers: {ollama: {models: [llama3]}}")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "turnout", "serve", "--config", str(file), "--host", "0.0.0.0"),
        *("--port", str(free_port()), "--role", "data"),
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await process.communicate()
    assert process.returncode == 2
    assert b"server.access_keys is empty, and 0.0.0.0 can be reached by other machines" in told
