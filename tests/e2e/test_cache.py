"""Shared answers as callers meet them: the official client, simulated providers, real processes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import httpx
import pytest
import pytest_asyncio
from openai import AsyncOpenAI
from tests.support.turnout_process import KEY, RunningTurnout, started
from tests.support.worlds import PROTOCOLS, configuration, mend, three_simulators

from turnout.interfaces.simulator.server import Simulator

pytestmark = pytest.mark.asyncio(loop_scope="module")
OTHER_KEY = "another-key"
PATH = "/v1/chat/completions"


@dataclass(frozen=True, slots=True)
class Shared:
    """A gateway that keeps answers, and the simulators behind it."""

    gateway: RunningTurnout
    simulators: dict[str, Simulator]
    numbers: Any

    def ask(self, provider: str = "north", **fields: Any) -> dict[str, Any]:
        """Return a call that nobody has made before."""
        question = f"Question {next(self.numbers)}"
        return {
            "model": f"{provider}/sim-{provider}",
            "messages": [{"role": "user", "content": question}],
            "temperature": 0,
            **fields,
        }

    def asked(self, provider: str = "north") -> int:
        """Return how many calls the provider has answered."""
        return self.simulators[provider].counts.total_requests


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shared]:
    async with three_simulators() as simulators:
        content = {
            **configuration(simulators),
            "server": {"access_keys": [KEY, OTHER_KEY]},
            "cache": {"enabled": True},
        }
        folder = tmp_path_factory.mktemp("cache")
        async with started(folder, content, environ={"SIMULATED_KEY": "k"}) as gateway:
            yield Shared(gateway, simulators, count(1))


@pytest.fixture
def shared(running: Shared) -> Shared:
    """The one gateway of all tests here, with its providers as in the beginning."""
    for simulator in running.simulators.values():
        mend(simulator)
    return running


async def whole(client: AsyncOpenAI, call: dict[str, Any], **headers: str) -> tuple[str, str]:
    """Return where the answer came from, and what it says."""
    raw = await client.chat.completions.with_raw_response.create(**call, extra_headers=headers)
    completion = raw.parse()
    assert completion.usage is not None and completion.usage.total_tokens > 0
    return raw.headers["x-turnout-cache"], completion.choices[0].message.content or ""


async def streamed(client: AsyncOpenAI, call: dict[str, Any], **headers: str) -> tuple[str, str]:
    """Return where the stream came from, and what it says."""
    raw: Any = await client.chat.completions.with_raw_response.create(
        **call, stream=True, extra_headers=headers
    )
    chunks = [chunk async for chunk in raw.parse()]
    assert len({chunk.id for chunk in chunks}) == 1
    finishes = [c.choices[0].finish_reason for c in chunks if c.choices]
    assert finishes[-1] == "stop"
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    return raw.headers["x-turnout-cache"], text


@pytest.mark.parametrize("provider", PROTOCOLS)
@pytest.mark.parametrize("ask", [whole, streamed])
async def test_a_hundred_at_once_are_one_call(shared: Shared, provider: str, ask: Any) -> None:
    simulator = shared.simulators[provider]
    simulator.profile = replace(simulator.profile, first_token_delay_seconds=1.5)
    call = shared.ask(provider)
    async with shared.gateway.openai() as client:
        answers = await asyncio.gather(*(ask(client, call) for _ in range(100)))
    assert shared.asked(provider) == 1
    statuses = [status for status, _ in answers]
    assert statuses.count("miss") == 1
    assert set(statuses) <= {"miss", "shared", "hit"}
    assert len({text for _, text in answers}) == 1
    assert provider in answers[0][1]


@pytest.mark.parametrize("provider", PROTOCOLS)
@pytest.mark.parametrize("first", [whole, streamed])
async def test_an_answer_is_kept_for_both_forms(shared: Shared, provider: str, first: Any) -> None:
    call = shared.ask(provider, stream_options=None)
    if first is streamed:
        call["stream_options"] = {"include_usage": True}
    async with shared.gateway.openai() as client:
        status, text = await first(client, call)
        assert status == "miss"
        call["stream_options"] = None
        for again in (whole, streamed, whole):
            assert await again(client, call) == ("hit", text)
    assert shared.asked(provider) == 1


async def test_a_kept_answer_tells_where_it_came_from(shared: Shared) -> None:
    call = shared.ask("south")
    async with shared.gateway.http() as client:
        first, again = [await client.post(PATH, json=call) for _ in range(2)]
    assert again.json() == first.json()
    for name in ("x-turnout-provider", "x-turnout-model", "x-turnout-route"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["x-turnout-request-id"] != first.headers["x-turnout-request-id"]
    assert again.headers["x-turnout-attempts"] == "0"
    assert int(again.headers["age"]) >= 0
    assert "age" not in first.headers


async def test_headers_decide(shared: Shared) -> None:
    call = shared.ask()
    async with shared.gateway.openai() as client:
        assert (await whole(client, call))[0] == "miss"
        for headers, status in (
            ({"cache-control": "no-store"}, "bypass"),
            ({"x-turnout-cache": "off"}, "bypass"),
            ({"cache-control": "no-cache"}, "miss"),
            ({"cache-control": "max-age=0"}, "miss"),
            ({"cache-control": "max-age=600"}, "hit"),
            ({}, "hit"),
        ):
            assert (await whole(client, call, **headers))[0] == status, headers
        free = shared.ask(temperature=1)
        for headers, status in (
            ({}, "bypass"),
            ({"x-turnout-cache": "on"}, "miss"),
            ({"x-turnout-cache": "on"}, "hit"),
            ({}, "bypass"),
        ):
            assert (await whole(client, free, **headers))[0] == status, headers
    async with shared.gateway.http() as plain:
        refused = await plain.post(PATH, json=call, headers={"x-turnout-cache": "yes"})
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == "x-turnout-cache"


async def test_callers_with_different_keys_share_nothing(shared: Shared) -> None:
    call = shared.ask()
    for key in (KEY, OTHER_KEY):
        async with shared.gateway.openai(key) as client:
            assert (await whole(client, call))[0] == "miss"
            assert (await whole(client, call))[0] == "hit"
    assert shared.asked() == 2


async def test_errors_and_cut_streams_are_never_kept(shared: Shared) -> None:
    north = shared.simulators["north"]
    call = {**shared.ask(), "stream": True}
    async with shared.gateway.http() as client:
        for kind in ("server_error", "cut_after_tokens=3"):
            north.profile = replace(north.profile, error_rate=1.0, error_kinds=(kind,))
            failed = await client.post(PATH, json=call)
            assert "error" in failed.text
            assert failed.headers.get("x-turnout-cache") != "hit"
        mend(north)
        for status in ("miss", "hit"):
            healed = await client.post(PATH, json=call)
            assert healed.headers["x-turnout-cache"] == status
            assert healed.text.endswith("data: [DONE]\n\n")


def slow_stream(shared: Shared) -> Simulator:
    north = shared.simulators["north"]
    north.profile = replace(north.profile, answer_tokens=200, token_delay_seconds=0.02)
    return north


async def read_some(response: httpx.Response) -> bytes:
    async for piece in response.aiter_bytes():
        return piece
    return b""


async def test_a_late_joiner_has_all_of_the_stream(shared: Shared) -> None:
    north = slow_stream(shared)
    call = {**shared.ask(), "stream": True}
    async with shared.gateway.http() as client:
        async with client.stream("POST", PATH, json=call) as first:
            pieces = first.aiter_bytes()
            begun = await anext(pieces)
            late = asyncio.create_task(client.post(PATH, json=call))
            text = begun + b"".join([piece async for piece in pieces])
        joined = await late
    assert joined.headers["x-turnout-cache"] == "shared"
    assert joined.content == text
    assert north.counts.total_requests == 1


async def test_only_the_last_hang_up_reaches_the_provider(shared: Shared) -> None:
    north = slow_stream(shared)
    call = {**shared.ask(), "stream": True}
    async with shared.gateway.http() as client:
        async with client.stream("POST", PATH, json=call) as staying:
            async with client.stream("POST", PATH, json=call) as leaving:
                assert leaving.headers["x-turnout-cache"] == "shared"
                await read_some(leaving)
            rest = await staying.aread()
        assert rest.endswith(b"data: [DONE]\n\n")
        assert (north.counts.total_requests, north.counts.aborted_streams) == (1, 0)
        call = {**shared.ask(), "stream": True}
        for _ in range(2):
            async with client.stream("POST", PATH, json=call) as response:
                await read_some(response)
    async with asyncio.timeout(5):
        await north.counts.until(lambda counts: counts.aborted_streams >= 1)
