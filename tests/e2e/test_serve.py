"""`turnout serve` as a user meets it: the official client, simulated providers, real processes."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import openai
import psutil
import pytest
from tests.support.turnout_process import KEY, RunningTurnout, free_port, started

from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.server import Simulator

PROTOCOLS = {"north": "openai_chat", "south": "anthropic_messages", "east": "gemini"}
QUESTION = [{"role": "user", "content": "Where does this go?"}]
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD"
    "hgGAWjR9awAAAABJRU5ErkJggg=="
)
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Tells the weather.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}
ANSWER_SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "answer",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}},
            "required": ["city", "degrees"],
            "additionalProperties": False,
        },
    },
}


@dataclass
class World:
    """Three simulated providers, one per protocol, and a gateway in front of them."""

    gateway: RunningTurnout
    simulators: dict[str, Simulator]

    def break_down(self, name: str, kind: str, **changes: object) -> None:
        simulator = self.simulators[name]
        simulator.profile = replace(
            simulator.profile,
            error_rate=1.0,
            error_kinds=(kind,),
            **changes,  # type: ignore[arg-type]
        )


def providers(simulators: dict[str, Simulator]) -> dict[str, object]:
    return {
        name: {
            "protocol": PROTOCOLS[name],
            "base_url": simulator.base_url + ("/v1" if name == "north" else ""),
            "api_key": "${SIMULATED_KEY}",
            "models": [f"sim-{name}"],
        }
        for name, simulator in simulators.items()
    }


@asynccontextmanager
async def a_world(
    folder: Path, *arguments: str, role: str = "data", **sections: object
) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        simulators = {
            name: await stack.enter_async_context(Simulator(Profile(name=name)))
            for name in PROTOCOLS
        }
        configuration = {
            "ai_providers": providers(simulators),
            "fallback_chains": {"default": list(PROTOCOLS)},
            **sections,
        }
        environ = {"SIMULATED_KEY": "planted-secret"}
        gateway = await stack.enter_async_context(
            started(folder, configuration, *arguments, environ=environ, role=role)
        )
        yield World(gateway, simulators)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as world:
        yield world


async def test_whoever_answers_the_client_sees_the_same_api(world: World) -> None:
    async with world.gateway.openai() as client:
        for name in PROTOCOLS:
            model = f"{name}/sim-{name}"
            whole = await client.chat.completions.create(model=model, messages=QUESTION)
            assert whole.model == f"sim-{name}"
            assert name in (whole.choices[0].message.content or "")
            assert whole.choices[0].finish_reason == "stop"
            assert whole.usage is not None
            assert whole.usage.completion_tokens > 0

            stream = await client.chat.completions.create(
                model=model, messages=QUESTION, stream=True, stream_options={"include_usage": True}
            )
            chunks = [chunk async for chunk in stream]
            text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
            assert text == whole.choices[0].message.content
            assert {chunk.id for chunk in chunks} == {chunks[0].id}
            assert chunks[-1].usage is not None
            assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens


async def test_tools_go_there_and_back_on_every_protocol(world: World) -> None:
    async with world.gateway.openai() as client:
        for name in PROTOCOLS:
            model = f"{name}/sim-{name}"
            first = await client.chat.completions.create(
                model=model, messages=QUESTION, tools=[WEATHER], tool_choice="required"
            )
            message = first.choices[0].message
            assert first.choices[0].finish_reason == "tool_calls"
            assert message.tool_calls
            (call,) = message.tool_calls
            assert call.type == "function"
            assert call.function.name == "get_weather"
            assert "city" in json.loads(call.function.arguments)
            result = {"role": "tool", "tool_call_id": call.id, "content": "19 degrees, planted"}
            second = await client.chat.completions.create(
                model=model,
                messages=[*QUESTION, message.model_dump(exclude_none=True), result],
                tools=[WEATHER],
            )
            assert "planted" in (second.choices[0].message.content or "")


async def test_streamed_tool_calls_can_be_put_together(world: World) -> None:
    async with world.gateway.openai() as client:
        for name in PROTOCOLS:
            stream = await client.chat.completions.create(
                model=f"{name}/sim-{name}",
                messages=QUESTION,
                tools=[WEATHER],
                tool_choice="required",
                stream=True,
            )
            arguments, names = "", []
            async for chunk in stream:
                for choice in chunk.choices:
                    for piece in choice.delta.tool_calls or []:
                        assert piece.function is not None
                        names += [piece.function.name] if piece.function.name else []
                        arguments += piece.function.arguments or ""
            assert names == ["get_weather"]
            assert "city" in json.loads(arguments)


async def test_images_and_schemas_reach_every_protocol(world: World) -> None:
    picture = [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": PIXEL}},
            ],
        }
    ]
    async with world.gateway.openai() as client:
        for name in PROTOCOLS:
            model = f"{name}/sim-{name}"
            seen = await client.chat.completions.create(model=model, messages=picture)
            assert "1 image" in (seen.choices[0].message.content or "")
            shaped = await client.chat.completions.create(
                model=model, messages=QUESTION, response_format=ANSWER_SCHEMA
            )
            answer = json.loads(shaped.choices[0].message.content or "")
            assert isinstance(answer["city"], str)
            assert isinstance(answer["degrees"], int)


@pytest.mark.parametrize(
    "kind",
    ["rate_limited", "overloaded", "server_error", "html_error_page", "empty_body", "reset"],
)
async def test_the_next_provider_answers_for_one_that_fails(world: World, kind: str) -> None:
    world.break_down("north", kind)
    async with world.gateway.openai() as client:
        for stream in (False, True):
            raw = await client.chat.completions.with_raw_response.create(
                model="default", messages=QUESTION, stream=stream
            )
            assert raw.headers["x-turnout-provider"] == "south"
            assert raw.headers["x-turnout-attempts"] == "2"
            assert raw.headers["x-turnout-route"] == "default"
            if stream:
                text = "".join(
                    [c.choices[0].delta.content or "" async for c in raw.parse() if c.choices]
                )
            else:
                text = raw.parse().choices[0].message.content or ""
            assert "south" in text


async def test_a_cut_stream_is_never_a_normal_end(world: World) -> None:
    for name in PROTOCOLS:
        world.break_down(name, "cut_after_tokens=3")
    async with world.gateway.openai() as client:
        for name in PROTOCOLS:
            stream = await client.chat.completions.create(
                model=f"{name}/sim-{name}", messages=QUESTION, stream=True
            )
            with pytest.raises(openai.APIError):
                async for _ in stream:
                    pass


async def test_when_all_fail_the_error_is_openais(world: World) -> None:
    for name in PROTOCOLS:
        world.break_down(name, "rate_limited", retry_after_seconds=7)
    async with world.gateway.openai() as client:
        with pytest.raises(openai.RateLimitError) as failed:
            await client.chat.completions.create(model="default", messages=QUESTION)
    assert failed.value.response.headers["retry-after"] == "7"
    assert failed.value.response.headers["x-turnout-attempts"] == "3"


async def test_a_wrong_key_is_refused_and_an_unknown_model_named(world: World) -> None:
    async with world.gateway.openai("wrong") as client:
        with pytest.raises(openai.AuthenticationError):
            await client.models.list()
    async with world.gateway.openai() as client:
        with pytest.raises(openai.NotFoundError, match=r"Did you mean .*sim-north"):
            await client.chat.completions.create(model="sim-norht", messages=QUESTION)
        listed = [model.id async for model in client.models.list()]
    assert listed == ["default", "sim-east", "sim-north", "sim-south"]


async def test_embeddings_go_to_a_provider_that_has_them(world: World) -> None:
    async with world.gateway.openai() as client:
        for model in ("north/sim-north", "east/sim-east"):
            reply = await client.embeddings.create(model=model, input=["one", "two"])
            assert len(reply.data) == 2
            assert all(len(item.embedding) > 1 for item in reply.data)


async def test_a_hang_up_reaches_the_provider_within_a_second(world: World) -> None:
    north = world.simulators["north"]
    north.profile = replace(north.profile, answer_tokens=2000, token_delay_seconds=0.05)
    body = {"model": "north/sim-north", "messages": QUESTION, "stream": True}
    async with world.gateway.http() as client:
        async with client.stream("POST", "/v1/chat/completions", json=body) as response:
            async for _ in response.aiter_bytes():
                break
        async with asyncio.timeout(5):
            await north.counts.until(lambda counts: counts.aborted_streams == 1)


async def test_a_silent_provider_sees_the_callers_hang_up_too(world: World) -> None:
    world.break_down("north", "silent")
    north = world.simulators["north"]
    body = {"model": "north/sim-north", "messages": QUESTION}
    async with world.gateway.http() as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post("/v1/chat/completions", json=body, timeout=0.6)
    async with asyncio.timeout(5):
        await north.counts.until(lambda counts: counts.aborted_requests == 1)


async def test_sigterm_finishes_streams_and_exits_with_zero(world: World) -> None:
    north = world.simulators["north"]
    north.profile = replace(north.profile, answer_tokens=40, token_delay_seconds=0.03)
    async with world.gateway.openai() as client:
        stream = await client.chat.completions.create(
            model="north/sim-north", messages=QUESTION, stream=True
        )
        words = 0
        async for chunk in stream:
            words += 1
            if words == 3:
                world.gateway.process.send_signal(signal.SIGTERM)
            last = chunk
    assert last.choices[0].finish_reason is not None
    assert await world.gateway.stop() == 0


async def test_a_crashed_worker_and_a_crashed_plane_are_restarted(world: World) -> None:
    supervisor = psutil.Process(world.gateway.process.pid)
    (plane,) = supervisor.children()
    (worker,) = plane.children()
    for victim in (worker, plane):
        os.kill(victim.pid, signal.SIGKILL)
        async with world.gateway.openai() as client:
            for _ in range(300):
                try:
                    reply = await client.chat.completions.create(model="default", messages=QUESTION)
                    break
                except openai.APIConnectionError:
                    await asyncio.sleep(0.1)
            assert reply.model == "sim-north"


async def test_a_killed_supervisor_leaves_nothing_behind(world: World) -> None:
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


async def test_a_change_over_the_api_reaches_the_workers(tmp_path: Path) -> None:
    async with a_world(tmp_path, "--workers", "2", role="all") as world:
        entry = {
            "name": "west",
            "protocol": "openai_chat",
            "base_url": f"{world.simulators['north'].base_url}/v1",
            "models": ["sim-west"],
        }
        async with world.gateway.control() as control:
            made = await control.post("/api/providers", json=entry)
            assert made.status_code == 201, made.text
            explained = {}
            while not explained.get("targets"):
                answer = await control.get("/api/routes/explain", params={"model": "west/sim-west"})
                explained = answer.json()
        assert [target["provider"] for target in explained["targets"]] == ["west"]
        async with world.gateway.openai() as client:
            for _ in range(100):
                try:
                    reply = await client.chat.completions.create(
                        model="west/sim-west", messages=QUESTION
                    )
                    break
                except openai.NotFoundError:
                    await asyncio.sleep(0.05)
        assert reply.model == "sim-west"


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


async def test_secrets_are_nowhere_to_be_read(world: World) -> None:
    world.break_down("north", "unauthorized")
    async with world.gateway.http() as client:
        body = {"model": "north/sim-north", "messages": QUESTION}
        refused = await client.post("/v1/chat/completions", json=body)
    assert refused.status_code == 502
    assert "planted" not in refused.text
    assert "planted" not in world.gateway.log.read_text()
    assert KEY not in world.gateway.log.read_text()
