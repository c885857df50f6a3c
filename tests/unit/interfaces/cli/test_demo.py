"""The tour, with a simulator in the place of the gateway; tests/e2e has it with a real one."""

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from rich.console import Console
from tests.support.gateways import deployment

from turnout.application.queries.explain_route import Explanation
from turnout.domain.inference.capability import Requirement
from turnout.domain.routing.route_plan import PlannedTarget, RoutePlan
from turnout.interfaces.cli.actions import Addresses, ControlPlane, Where
from turnout.interfaces.cli.demo import Demo
from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.server import Simulator

CONTROL = "http://127.0.0.1:9"


class Screen(io.StringIO):
    """Where the tour draws; `stays` is set once it says how to end it."""

    def __init__(self) -> None:
        super().__init__()
        self.stays = asyncio.Event()

    def write(self, text: str) -> int:
        if "Ctrl-C ends" in text:
            self.stays.set()
        return super().write(text)


@dataclass
class Stage:
    """What the tour is given; `configurations` are those that it had served."""

    configurations: list[dict[str, object]] = field(default_factory=list)
    asked: list[tuple[Where, str]] = field(default_factory=list)
    requests: int = 0
    shown: Screen = field(default_factory=Screen)

    @asynccontextmanager
    async def start_gateway(self, config: Path) -> AsyncIterator[Addresses]:
        self.configurations.append(yaml.safe_load(await asyncio.to_thread(config.read_text)))
        async with Simulator(Profile(name="gateway")) as stand_in:
            yield Addresses(f"{stand_in.base_url}/v1", CONTROL)
            self.requests = stand_in.counts.total_requests

    def explain(self, where: Where, model: str, needs: Requirement) -> Explanation:
        self.asked.append((where, model))
        plan = RoutePlan(model, (PlannedTarget(deployment("north"), 0, "north"),), ())
        return Explanation(model, 1, plan, (), 60.0, 3)

    def demo(self) -> Demo:
        return Demo(self.start_gateway, self.explain, Console(file=self.shown, width=200))


async def test_the_tour_asks_twice_and_explains_the_running_gateway_between() -> None:
    stage = Stage()
    assert await stage.demo().run(once=True) == 0
    assert stage.requests == 2
    assert stage.asked == [(ControlPlane(CONTROL), "default")]
    (configuration,) = stage.configurations
    assert configuration["fallback_chains"] == {"default": ["north", "south", "east"]}
    assert stage.shown.getvalue().count("gateway (default) here") == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_without_once_it_stays_up_until_it_is_interrupted(number: int) -> None:
    stage = Stage()
    running = asyncio.create_task(stage.demo().run(once=False))
    async with asyncio.timeout(30):
        await stage.shown.stays.wait()
        assert not running.done()
        os.kill(os.getpid(), number)
        assert await running == 0
    assert f"{CONTROL}/docs" in stage.shown.getvalue()
