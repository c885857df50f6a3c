"""A gateway that runs already: simulators take the places where it expects its providers."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from turnout.interfaces.chaos.arena import Arena
from turnout.interfaces.chaos.door import Door
from turnout.interfaces.chaos.scenario import Scenario
from turnout.interfaces.chaos.stage import Stage
from turnout.interfaces.simulator.fields import FieldFault
from turnout.interfaces.simulator.server import Simulator

_HERE = ("127.0.0.1", "localhost", "::1")


class Entry(Struct, frozen=True):
    """What is known of one of the gateway's providers; "" is a protocol as the scenario says."""

    protocol: str
    base_url: str


class PlaceTaken(Exception):
    """Something listens already where a simulator should; the message says where."""


class Cast(Struct, frozen=True, kw_only=True):
    """A scenario as a running gateway allows it.

    `places` are host and port of each simulator, None for a provider that nobody plays: it is to be
    down, or not on this machine (`unseen`). `notes` tell people what is not as the scenario says,
    `missing` why it cannot be run at all.
    """

    scenario: Scenario
    places: Mapping[str, tuple[str, int] | None]
    unseen: frozenset[str]
    notes: tuple[str, ...]
    missing: tuple[str, ...]


def cast(scenario: Scenario, entries: Mapping[str, Entry]) -> Cast:
    """Fit the scenario to the gateway's providers. Raises FieldFault for one that it lacks."""
    places: dict[str, tuple[str, int] | None] = {}
    own = {"the chain is": scenario.chain, "all settings are": scenario.gateway}
    notes = [f"{what} the gateway's own" for what, told in own.items() if told]
    missing: list[str] = []
    providers = dict(scenario.providers)
    for name, plan in scenario.providers.items():
        entry = entries.get(name)
        if entry is None:
            expected = f"one of the gateway's providers {', '.join(entries)}"
            raise FieldFault(f"providers.{name}", name, expected)
        url = urlsplit(entry.base_url)
        if (url.scheme == "https") != (plan.reached_by == "tls"):
            missing.append(f"provider {name} at an address of {_scheme(plan.reached_by)}")
        if plan.settings:
            notes.append(f"the settings of {name} are the gateway's own")
        providers[name] = replace(plan, protocol=entry.protocol or plan.protocol)
        here = url.hostname in _HERE
        if not here:
            notes.append(f"{name} is not on this machine: it does as it pleases")
        played = here and plan.reached_by != "nothing"
        port = url.port or (443 if url.scheme == "https" else 80)
        places[name] = (str(url.hostname), port) if played else None
    return Cast(
        scenario=replace(scenario, providers=providers),
        places=places,
        unseen=frozenset(n for n in places if urlsplit(entries[n].base_url).hostname not in _HERE),
        notes=tuple(notes),
        missing=tuple(missing),
    )


@asynccontextmanager
async def running_arena(part: Cast, door: Door, offered: frozenset[str]) -> AsyncIterator[Arena]:
    """Start the simulators of one scenario before a running gateway. Raises PlaceTaken."""
    async with AsyncExitStack() as stack:
        simulators: list[Simulator] = []
        for name, place in part.places.items():
            simulator = Simulator()
            if place is not None:
                simulator = Simulator(host=place[0], port=place[1])
                await _started(stack, simulator, name)
            simulators.append(simulator)
        yield Arena(Stage(simulators, 0), door, offered, unseen=part.unseen)


async def _started(stack: AsyncExitStack, simulator: Simulator, name: str) -> None:
    try:
        await stack.enter_async_context(simulator)
    except OSError as error:
        raise PlaceTaken(
            f"{simulator.base_url}, where the gateway expects {name}: "
            f"{(error.strerror or str(error)).lower()}, expected a free port for a simulator"
        ) from None


def _scheme(reached_by: str) -> str:
    return "https" if reached_by == "tls" else "http"
