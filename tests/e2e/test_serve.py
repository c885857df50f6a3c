"""`turnout serve` as a user meets it: the official client, simulated providers, real processes."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import openai
import pytest
import pytest_asyncio
from tests.support.turnout_process import KEY
from tests.support.worlds import PROTOCOLS, QUESTION, World, a_world, mend

pytestmark = pytest.mark.asyncio(loop_scope="module")
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD"
    "hgGAWjR9awAAAABJRU5ErkJggg=="
)
WEATHER: Any = {
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
ANSWER_SCHEMA: Any = {
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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("gateway")
    async with a_world(folder, "--workers", "2", role="all") as world:
        yield world


@pytest.fixture
def world(gateway: World) -> World:
    """The one gateway of all tests here, with its providers as in the beginning."""
    for simulator in gateway.simulators.values():
        mend(simulator)
    return gateway


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
            said: Any = message.model_dump(exclude_none=True)
            result: Any = {
                "role": "tool",
                "tool_call_id": call.id,
                "content": "19 degrees, planted",
            }
            second = await client.chat.completions.create(
                model=model,
                messages=[*QUESTION, said, result],
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
    picture: Any = [
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
            raw: Any = await client.chat.completions.with_raw_response.create(
                model=kind, messages=QUESTION, stream=stream
            )
            assert raw.headers["x-turnout-provider"] == "south"
            # the second time, health may have put the failing one aside already
            assert int(raw.headers["x-turnout-attempts"]) >= (1 if stream else 2)
            assert raw.headers["x-turnout-route"] == kind
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
                model=f"{name}/cut-{name}", messages=QUESTION, stream=True
            )
            with pytest.raises(openai.APIError):
                async for _ in stream:
                    pass


async def test_when_all_fail_the_error_is_openais(world: World) -> None:
    for name in PROTOCOLS:
        world.break_down(name, "rate_limited", retry_after_seconds=700)
    async with world.gateway.openai() as client:
        with pytest.raises(openai.RateLimitError) as failed:
            await client.chat.completions.create(model="limited_everywhere", messages=QUESTION)
    assert failed.value.response.headers["retry-after"] == "700"  # beyond the deadline: no wait
    assert failed.value.response.headers["x-turnout-attempts"] == "3"


async def test_a_wrong_key_is_refused_and_an_unknown_model_named(world: World) -> None:
    async with world.gateway.openai("wrong") as client:
        with pytest.raises(openai.AuthenticationError):
            await client.models.list()
    async with world.gateway.openai() as client:
        with pytest.raises(openai.NotFoundError, match=r"Did you mean .*sim-north"):
            await client.chat.completions.create(model="sim-norht", messages=QUESTION)
        listed = [model.id async for model in client.models.list()]
    assert {"default", "sim-east", "sim-north", "sim-south"} <= set(listed)


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
            await north.counts.until(lambda counts: counts.aborted_streams >= 1)


async def test_a_silent_provider_sees_the_callers_hang_up_too(world: World) -> None:
    world.break_down("north", "silent")
    north = world.simulators["north"]
    body = {"model": "north/silent-north", "messages": QUESTION}
    async with world.gateway.http() as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post("/v1/chat/completions", json=body, timeout=0.6)
    async with asyncio.timeout(5):
        await north.counts.until(lambda counts: counts.aborted_requests >= 1)


async def test_a_change_over_the_api_reaches_the_workers(world: World) -> None:
    entry = {
        "name": "west",
        "protocol": "openai_chat",
        "base_url": f"{world.simulators['north'].base_url}/v1",
        "models": ["sim-west"],
    }
    async with world.gateway.control() as control, world.gateway.openai() as client:
        made = await control.post("/api/providers", json=entry)
        assert made.status_code == 201, made.text
        reply = await _once_known(client, "west/sim-west")
        assert reply.model == "sim-west"
        assert await _explained_targets(control, "west/sim-west") == ["west"]


async def _once_known(client: openai.AsyncOpenAI, model: str) -> Any:
    """Ask until the worker has heard of `model`: it looks for changes now and then."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await client.chat.completions.create(model=model, messages=QUESTION)
            except openai.NotFoundError:
                await asyncio.sleep(0.05)


async def _explained_targets(control: httpx.AsyncClient, model: str) -> list[str]:
    async with asyncio.timeout(20):
        while True:
            answer = await control.get("/api/routes/explain", params={"model": model})
            if answer.status_code == 200:
                return [target["provider"] for target in answer.json()["targets"]]
            await asyncio.sleep(0.05)


async def test_secrets_are_nowhere_to_be_read(world: World) -> None:
    world.break_down("north", "unauthorized")
    async with world.gateway.http() as client:
        body = {"model": "north/unauthorized-north", "messages": QUESTION}
        refused = await client.post("/v1/chat/completions", json=body)
    assert refused.status_code == 502
    assert "planted" not in refused.text
    assert "planted" not in world.gateway.log.read_text()
    assert KEY not in world.gateway.log.read_text()
