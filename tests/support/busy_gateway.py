"""A started gateway with people, keys and traffic, for those who look at it."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from tests.support.turnout_process import KEY, RunningTurnout, started
from turnout.interfaces.simulator.profile import ErrorKind, Profile
from turnout.interfaces.simulator.server import Simulator

PASSWORD = "correct horse battery"
PAUSE_SECONDS = 0.1
_PRICES = {"input": 2.5, "output": 10}


@dataclass(frozen=True, slots=True)
class BusyGateway:
    """`north` and `south` are the providers; admin `ann` and viewer `vic` can sign in."""

    gateway: RunningTurnout
    north: Simulator
    south: Simulator
    folder: Path

    @property
    def url(self) -> str:
        """The dashboard."""
        return self.gateway.control_url

    async def ask(self, count: int = 1, *, model: str = "main") -> None:
        """Ask so often, one after the other."""
        async with self.gateway.http() as client:
            for number in range(count):
                body = {
                    "model": model,
                    "messages": [{"role": "user", "content": f"question {number}"}],
                    "stream": number % 2 == 0,
                }
                answer = await client.post("/v1/chat/completions", json=body)
                assert answer.status_code == 200, answer.text

    @asynccontextmanager
    async def traffic(self) -> AsyncIterator[None]:
        """Ask all the time."""

        async def go_on() -> None:
            while True:
                await self.ask(4)
                await asyncio.sleep(PAUSE_SECONDS)

        asking = asyncio.create_task(go_on())
        try:
            yield
        finally:
            asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking

    def break_north(self, share: float) -> None:
        """Have this share of the first provider's calls fail."""
        self.north.profile = replace(
            self.north.profile, error_rate=share, error_kinds=(ErrorKind.SERVER_ERROR.value,)
        )


def configuration(north: Simulator, south: Simulator) -> dict[str, object]:
    """Two providers, one chain over both."""

    def provider(simulator: Simulator, **more: object) -> dict[str, object]:
        return {
            "protocol": "openai_chat",
            "base_url": f"{simulator.base_url}/v1",
            "models": [{"name": "sim", "price": _PRICES}],
            "probe": "off",
            **more,
        }

    return {
        "server": {"access_keys": [KEY]},
        "ai_providers": {"north": provider(north, weight=3), "south": provider(south)},
        "fallback_chains": {"main": ["north", "south"]},
    }


def set_up_token(gateway: RunningTurnout) -> str:
    """Return what the gateway wrote to its console."""
    found = re.search(r"until the next start: (\S+)", gateway.log.read_text())
    assert found is not None
    return found[1]


@asynccontextmanager
async def busy_gateway(folder: Path) -> AsyncIterator[BusyGateway]:
    """Start it, without people: the set-up token is on its console."""
    north_is, south_is = (
        Profile(
            name=name, answer_tokens=12, first_token_delay_seconds=0.02, token_delay_seconds=0.003
        )
        for name in ("north", "south")
    )
    async with Simulator(north_is) as north, Simulator(south_is) as south:
        written = yaml.safe_dump(configuration(north, south))
        async with started(folder, written, role="all") as gateway:
            yield BusyGateway(gateway, north, south, folder)


async def make_people(busy: BusyGateway) -> None:
    """Make the first admin, `ann`, and a viewer, `vic`."""
    token = set_up_token(busy.gateway)
    async with busy.gateway.control() as control:
        body = {"token": token, "name": "ann", "password": PASSWORD}
        assert (await control.post("/api/setup", json=body)).status_code == 201
        session = await control.post("/api/session", json={"name": "ann", "password": PASSWORD})
        control.headers["x-csrf-token"] = session.json()["csrf_token"]
        viewer = {"name": "vic", "role": "viewer", "password": PASSWORD}
        assert (await control.post("/api/users", json=viewer)).status_code == 201
