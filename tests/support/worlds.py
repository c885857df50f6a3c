"""Three simulated providers, one per protocol, and a started gateway in front of them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.support.turnout_process import RunningTurnout, started
from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.server import Simulator

PROTOCOLS = {"north": "openai_chat", "south": "anthropic_messages", "east": "gemini"}
TROUBLES = (
    "rate_limited",
    "overloaded",
    "server_error",
    "html_error_page",
    "empty_body",
    "reset",
    "limited_everywhere",
    "cut",
    "silent",
    "unauthorized",
)
"""Names of chains, and of a model of each provider in each (`TROUBLE-PROVIDER`): health is kept
per model, so that what one test breaks steers no other."""
QUESTION: Any = [{"role": "user", "content": "Where does this go?"}]


@asynccontextmanager
async def three_simulators() -> AsyncIterator[dict[str, Simulator]]:
    """One for each protocol, by the names of `PROTOCOLS`."""
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(Simulator(Profile(name=name)))
            for name in PROTOCOLS
        }


def configuration(simulators: Mapping[str, Simulator]) -> dict[str, Any]:
    """A file's content: the simulators as providers, and all of them as the default chain."""
    return {
        "ai_providers": {
            name: {
                "protocol": PROTOCOLS[name],
                "base_url": simulator.base_url + ("/v1" if name == "north" else ""),
                "api_key": "${SIMULATED_KEY}",
                "models": [f"{kind}-{name}" for kind in ("sim", *TROUBLES)],
            }
            for name, simulator in simulators.items()
        },
        "fallback_chains": {
            "default": list(simulators),
            **{kind: [f"{name}/{kind}-{name}" for name in simulators] for kind in TROUBLES},
        },
    }


def break_down(simulator: Simulator, kind: str, **changes: Any) -> None:
    """Let every answer from now on be this failure."""
    simulator.profile = replace(simulator.profile, error_rate=1.0, error_kinds=(kind,), **changes)


def mend(simulator: Simulator) -> None:
    """Have the simulator as it was in the beginning."""
    simulator.profile = Profile(name=simulator.profile.name)
    simulator.reset()


@dataclass(frozen=True, slots=True)
class World:
    """A gateway and what is behind it; `environ` has the secret that must be seen nowhere."""

    gateway: RunningTurnout
    simulators: Mapping[str, Simulator] = field(repr=False)

    def break_down(self, name: str, kind: str, **changes: Any) -> None:
        """Let the provider `name` fail at everything."""
        break_down(self.simulators[name], kind, **changes)


@asynccontextmanager
async def a_world(folder: Path, *arguments: str, role: str = "data") -> AsyncIterator[World]:
    """Start everything; the providers' key is `planted-secret`."""
    async with three_simulators() as simulators:
        environ = {"SIMULATED_KEY": "planted-secret"}
        content = configuration(simulators)
        async with started(folder, content, *arguments, environ=environ, role=role) as gateway:
            yield World(gateway, simulators)
