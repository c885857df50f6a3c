import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from turnout.interfaces.cli.actions import BadOptions
from turnout.interfaces.cli.simulating import Casting, configuration_of, play, simulate
from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.script import read_script
from turnout.interfaces.simulator.server import Simulator


def cast(casting: Casting) -> list[tuple[str, tuple[str, ...]]]:
    return [(profile.name, profile.protocols) for profile in casting.profiles()]


def test_three_are_simulated_each_with_a_protocol_of_its_own() -> None:
    assert cast(Casting()) == [
        ("sim-1", ("openai_chat",)),
        ("sim-2", ("anthropic_messages",)),
        ("sim-3", ("gemini",)),
    ]
    assert [name for name, _ in cast(Casting(providers=5))][3:] == ["sim-4", "sim-5"]


def test_the_last_protocol_goes_on() -> None:
    named = Casting(names=["a", "b", "c"], protocols=["gemini", "openai_chat"])
    assert [protocols for _, protocols in cast(named)] == [
        ("gemini",),
        ("openai_chat",),
        ("openai_chat",),
    ]


def test_changes_hold_for_all() -> None:
    casting = Casting(providers=2, changes={"seed": 4, "error_kinds": ["reset"]})
    assert [(p.seed, p.error_kinds) for p in casting.profiles()] == [(4, ("reset",))] * 2


@pytest.mark.parametrize(
    "casting, told",
    [
        (Casting(names=["a", "a"]), "--name: found a twice"),
        (Casting(names=["a: b"]), "--name: found 'a: b', expected letters"),
        (Casting(names=["a"], protocols=["gemini", "gemini"]), "--protocol: found 2 for 1"),
        (Casting(changes={"first_token_delay_seconds": -1.0}), "--first-token-delay: found -1.0"),
    ],
)
def test_a_casting_that_cannot_be_is_refused(casting: Casting, told: str) -> None:
    with pytest.raises(BadOptions, match=told):
        casting.profiles()


@pytest_asyncio.fixture
async def pair() -> AsyncIterator[tuple[Simulator, Simulator]]:
    north = Profile(name="north", protocols=("openai_chat",))
    south = Profile(name="sim-south", protocols=("gemini",))
    async with Simulator(north) as first, Simulator(south) as second:
        yield first, second


def test_the_configuration_can_be_pasted(pair: tuple[Simulator, Simulator]) -> None:
    first, second = pair
    assert configuration_of(pair).splitlines() == [
        "ai_providers:",
        "  north:",
        "    protocol: openai_chat",
        f"    base_url: {first.base_url}/v1",
        "    api_key: simulated",
        "    models: [sim-north]",
        "  sim-south:",
        "    protocol: gemini",
        f"    base_url: {second.base_url}",
        "    api_key: simulated",
        "    models: [sim-south]",
        "fallback_chains:",
        "  default: [north, sim-south]",
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_well(number: int) -> None:
    loop = asyncio.get_running_loop()
    running = asyncio.create_task(simulate(Casting(providers=1).profiles(), "127.0.0.1", 0))
    loop.call_later(0.05, os.kill, os.getpid(), number)
    assert await asyncio.wait_for(running, 10) == 0


async def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadOptions, match=rf"--host 127.0.0.1 --port {port}: .*in use"):
            await simulate(Casting(providers=1).profiles(), "127.0.0.1", port)


def test_each_plays_the_script_of_its_name(pair: tuple[Simulator, Simulator]) -> None:
    script = read_script({"phases": [{"faults": "silent"}]})
    play(pair, {"north": script})
    first, second = pair
    assert first.timeline is not None
    assert (first.timeline.script, second.timeline) == (script, None)


async def test_the_script_of_nobody_is_refused() -> None:
    script = read_script({"phases": [{"faults": "silent"}]})
    profiles = Casting(names=["a", "b"]).profiles()
    with pytest.raises(BadOptions, match="--script: found a script for 'c', expected one of a, b"):
        await simulate(profiles, "127.0.0.1", 0, {"c": script})
