"""The gateway as a Python object, on simulated providers and real sockets."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml
from tests.support.simulators import WEATHER_SCHEMA
from tests.support.worlds import PROTOCOLS, break_down, configuration, mend, three_simulators

from turnout import AIProviderManager, AIProviderMonitor, EnhancedAIRuntimeProvider
from turnout.application.relay.answers import RelayFailed, UnknownModel
from turnout.domain.inference.capability import Capability
from turnout.domain.inference.failure import ProviderFailure
from turnout.domain.shared.errors import DomainError
from turnout.interfaces.cli.actions import BadConfiguration
from turnout.interfaces.python.monitor import ProviderStatus
from turnout.interfaces.simulator.server import Simulator

pytestmark = pytest.mark.asyncio(loop_scope="module")
WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": WEATHER_SCHEMA}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_simulators() -> AsyncIterator[Mapping[str, Simulator]]:
    async with three_simulators() as simulators:
        yield simulators


@pytest.fixture
def simulators(shared_simulators: Mapping[str, Simulator]) -> Mapping[str, Simulator]:
    for simulator in shared_simulators.values():
        mend(simulator)
    return shared_simulators


@pytest.fixture
def file(
    simulators: Mapping[str, Simulator], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    monkeypatch.setenv("SIMULATED_KEY", "simulated")
    file = tmp_path / "turnout.yaml"
    file.write_text(yaml.safe_dump(configuration(simulators)))
    return file


@pytest_asyncio.fixture(loop_scope="module")
async def manager(file: Path) -> AsyncIterator[AIProviderManager]:
    async with AIProviderManager.from_config(file) as manager:
        yield manager


async def test_a_text_is_asked_and_the_first_of_the_chain_answers(
    manager: AIProviderManager,
) -> None:
    reply = await manager.complete("Where does this go?")
    assert (reply.provider, reply.taken.model) == ("north", "sim-north")
    assert "north" in reply.text
    assert reply.finish_reason == "stop"
    assert reply.usage is not None
    assert reply.usage["completion_tokens"] > 0


@pytest.mark.parametrize("name", PROTOCOLS)
async def test_every_protocol_answers_streams_and_calls(
    manager: AIProviderManager, name: str
) -> None:
    model = f"{name}/sim-{name}"
    asked = [{"role": "user", "content": "hello"}]
    whole = await manager.complete(asked, model=model)
    chunks = [chunk async for chunk in manager.stream(asked, model=model)]
    assert "".join(chunk.text for chunk in chunks) == whole.text
    assert {chunk.provider for chunk in chunks} == {name}
    called = await manager.complete(asked, model=model, tools=[WEATHER], tool_choice="required")
    assert [call["function"]["name"] for call in called.tool_calls] == ["get_weather"]
    assert called.finish_reason == "tool_calls"


async def test_vectors_come_in_the_order_of_the_texts(manager: AIProviderManager) -> None:
    both = await manager.embed(["one", "two"], model="north/sim-north")
    second = await manager.embed("two", model="north/sim-north")
    assert len(both.vectors) == 2
    assert both.vectors[1] == second.vectors[0]


async def test_the_next_provider_answers_for_one_that_fails(
    manager: AIProviderManager, simulators: Mapping[str, Simulator]
) -> None:
    break_down(simulators["north"], "overloaded")
    reply = await manager.complete("Who answers?")
    assert reply.provider == "south"
    assert reply.taken.attempts > 1


async def test_what_nobody_can_answer_is_raised(
    manager: AIProviderManager, simulators: Mapping[str, Simulator]
) -> None:
    for simulator in simulators.values():
        break_down(simulator, "bad_request")
    with pytest.raises(RelayFailed):
        await manager.complete("hello")
    with pytest.raises(UnknownModel, match="sim-north"):
        await manager.complete("hello", model="sim-norht")


async def test_a_stream_cut_within_a_tool_call_raises(
    manager: AIProviderManager, simulators: Mapping[str, Simulator]
) -> None:
    break_down(simulators["south"], "cut_after_tokens=3")
    with pytest.raises(ProviderFailure):
        async for _ in manager.stream(
            "hello", model="south/sim-south", tools=[WEATHER], tool_choice="required"
        ):
            pass


async def test_leaving_a_stream_closes_the_providers_connection(
    manager: AIProviderManager, simulators: Mapping[str, Simulator]
) -> None:
    north = simulators["north"]
    north.profile = replace(north.profile, answer_tokens=2000, token_delay_seconds=0.05)
    async with aclosing(manager.stream("hello")) as stream:
        await anext(stream)
    async with asyncio.timeout(5):
        await north.counts.until(lambda counts: counts.aborted_streams == 1)


async def test_the_gateway_can_be_asked_about_itself(manager: AIProviderManager) -> None:
    names = {row.id for row in manager.models()}
    assert {"default", "sim-north", "sim-south", "sim-east"} <= names
    explained = manager.explain("default", frozenset({Capability.VISION}))
    assert explained.plan is not None
    assert [target.deployment.provider for target in explained.plan.targets] == list(PROTOCOLS)
    with_vectors = await manager.providers(Capability.EMBEDDINGS)
    assert [row.name for row in with_vectors] == ["east", "north"]


async def test_a_provider_is_kept_away_and_let_back(manager: AIProviderManager) -> None:
    await manager.enable("north", False)
    assert (await manager.complete("hello")).provider == "south"
    await manager.enable("north")
    assert (await manager.complete("hello")).provider == "north"
    with pytest.raises(DomainError, match="did you mean 'north'"):
        await manager.enable("nroth")


async def test_every_fault_of_the_file_is_raised_on_entering(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("server: {port: x}\nai_providers: {opnai: {models: [a]}}")
    manager = AIProviderManager.from_config(str(file))
    with pytest.raises(BadConfiguration, match=r"server\.port: found 'x'"):
        await manager.__aenter__()


async def test_a_runtime_provider_is_switched_while_a_stream_runs(
    manager: AIProviderManager, simulators: Mapping[str, Simulator]
) -> None:
    north = simulators["north"]
    north.profile = replace(north.profile, answer_tokens=30, token_delay_seconds=0.01)
    provider = EnhancedAIRuntimeProvider(manager, "north", "sim-north")
    begun: list[Any] = []
    async for chunk in provider.stream("hello"):
        begun.append(chunk)
        if len(begun) == 3:
            provider.switch_to("east")
            assert (await provider.complete("hello")).provider == "east"
    assert {chunk.provider for chunk in begun} == {"north"}
    assert len(begun) > 30
    assert provider.current.startswith("east/")


async def test_a_runtime_provider_does_not_fall_back(
    manager: AIProviderManager, simulators: Mapping[str, Simulator]
) -> None:
    break_down(simulators["north"], "bad_request")
    provider = EnhancedAIRuntimeProvider(manager, "north", "sim-north")
    with pytest.raises(RelayFailed):
        await provider.complete("hello")
    assert {name: s.counts.total_requests for name, s in simulators.items()} == {
        "north": 1,
        "south": 0,
        "east": 0,
    }


async def test_a_monitor_tells_who_comes_and_goes(
    manager: AIProviderManager, simulators: Mapping[str, Simulator]
) -> None:
    told: asyncio.Queue[ProviderStatus] = asyncio.Queue()
    monitor = AIProviderMonitor(manager, interval_seconds=0.02, on_change=told.put_nowait)
    monitor.start_monitoring()
    monitor.start_monitoring()
    try:
        async with asyncio.timeout(20):
            first = {status.provider: status for status in [await told.get() for _ in PROTOCOLS]}
            assert [status.reachable for status in first.values()] == [True] * 3
            assert set(first) == set(PROTOCOLS)
            break_down(simulators["south"], "unauthorized")
            gone = await told.get()
            assert (gone.provider, gone.reachable) == ("south", False)
            mend(simulators["south"])
            back = await told.get()
            assert (back.provider, back.reachable) == ("south", True)
    finally:
        await monitor.stop_monitoring()
    asked = simulators["south"].counts.total_requests
    await manager.complete("hello")
    assert simulators["south"].counts.total_requests == asked
    assert set(monitor.status) == set(PROTOCOLS)


async def test_a_monitor_reads_what_calls_have_taught(
    manager: AIProviderManager, simulators: Mapping[str, Simulator]
) -> None:
    monitor = AIProviderMonitor(manager)
    before = await monitor.check()
    assert {status.error_rate for status in before.values()} == {None}
    break_down(simulators["north"], "server_error")
    await manager.complete("hello")
    mend(simulators["north"])
    after = await monitor.check()
    assert {name: after[name].error_rate for name in PROTOCOLS} == {
        "north": 1.0,
        "south": 0.0,
        "east": None,
    }
