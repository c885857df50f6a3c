import asyncio
import time
from typing import Any

import pytest
from tests.support.chaos import scenario

from turnout.interfaces.chaos.stage import Stage, opened_stage
from turnout.interfaces.simulator.server import Simulator

BODY = b'{"model": "m", "messages": [{"role": "user", "content": "x"}]}'
ASKED = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%s" % (
    len(BODY),
    BODY,
)
SCRIPT = {"phases": [{"name": "down", "faults": "silent", "requests": 1}, {}]}


def planned(**providers: Any) -> Any:
    return scenario({"metric": "requests", "at_least": 0}, providers=providers)


async def test_the_configuration_leads_to_the_simulators() -> None:
    plan = planned(
        north={"settings": {"weight": 3}},
        south={"protocol": "gemini", "reached_by": "tls"},
        east={"reached_by": "nothing"},
    )
    base = {
        "database": {"url": "sqlite:///mine.db"},
        "server": {"access_keys": ["k"], "workers": 2},
        "ai_providers": {"mine": {}},
        "upstream": {"engine": "httpx"},
    }
    async with opened_stage(3) as stage:
        told = stage.configuration([plan], base)
        with pytest.raises(ConnectionRefusedError):
            port = int(told["ai_providers"]["tried-east"]["base_url"].split(":")[2].split("/")[0])
            await asyncio.open_connection("127.0.0.1", port)
    assert told["server"] == {"access_keys": [], "workers": 2, "host": "127.0.0.1"}
    assert told["upstream"] == {"engine": "httpx", "probe": "off"}
    assert "database" not in told
    assert list(told["ai_providers"]) == ["mine", "tried-north", "tried-south", "tried-east"]
    assert told["ai_providers"]["tried-north"]["weight"] == 3
    assert told["ai_providers"]["tried-north"]["base_url"].endswith("/v1")
    assert told["ai_providers"]["tried-south"]["base_url"].startswith("https://127.0.0.1:")
    assert told["fallback_chains"] == {
        "tried": {"tiers": [["tried-north"], ["tried-south"], ["tried-east"]]}
    }


async def test_a_chain_of_ones_own_gets_the_same_names() -> None:
    tiers = [["primary", {"target": "backup", "weight": 2}]]
    plan = scenario(chain={"tiers": tiers, "deadline_seconds": 2})
    async with opened_stage(2) as stage:
        told = stage.configuration([plan], {})["fallback_chains"]["tried"]
    named = [["tried-primary", {"target": "tried-backup", "weight": 2}]]
    assert told == {"tiers": named, "deadline_seconds": 2}


async def test_simulators_play_their_parts_and_are_asked_what_they_saw() -> None:
    plan = planned(
        north={"profile": {"price": {"input": 1, "output": 1}}, "script": SCRIPT},
        south={"protocol": "gemini", "profile": {"name": "other"}},
    )
    async with Simulator() as north, Simulator() as south:
        stage = Stage([north, south], 1)
        await stage.give_parts(plan)
        assert (north.profile.name, south.profile.name) == ("north", "other")
        assert south.profile.protocols == ("gemini",)
        reader, writer = await asyncio.open_connection("127.0.0.1", north.port)
        writer.write(ASKED)
        await north.counts.until(lambda counts: counts.in_flight == 1)
        seen = stage.seen(plan)
        assert (seen["north"].requests, seen["north"].open_connections) == (1, 1)
        assert (seen["south"].requests, seen["south"].dollars) == (0, None)
        windows = stage.windows(plan, time.time())
        phases = [(one.provider, one.phase, one.healthy) for one in windows]
        assert phases == [("north", "down", False), ("north", "healthy", True)]
        await stage.give_parts(scenario())
        assert await reader.read() == b""
        writer.close()
        await stage.settled()
        assert stage.seen(plan)["north"] == seen["south"]


async def test_whoever_does_not_let_go_is_not_waited_for_without_end() -> None:
    plan = planned(north={"script": {"phases": [{"faults": "silent"}]}})
    async with Simulator() as north:
        stage = Stage([north], 1)
        await stage.give_parts(plan)
        _, writer = await asyncio.open_connection("127.0.0.1", north.port)
        writer.write(ASKED)
        await north.counts.until(lambda counts: counts.in_flight == 1)
        await stage.settled(within_seconds=0.02)
        assert stage.seen(plan)["north"].in_flight == 1
        writer.close()


async def test_settings_of_the_gateway_lie_over_those_of_its_file() -> None:
    plan = scenario(gateway={"server": {"workers": 3, "port": 1}, "cache": {"enabled": True}})
    async with opened_stage(2) as stage:
        told = stage.configuration([plan], {"server": {"workers": 2}, "upstream": {"probe": "on"}})
    assert told["server"] == {"workers": 3, "port": 1, "host": "127.0.0.1", "access_keys": []}
    assert (told["cache"], told["upstream"]) == ({"enabled": True}, {"probe": "on"})
