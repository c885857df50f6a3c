"""`turnout simulate`: who is simulated, and what to configure for them."""

import asyncio
import signal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

import typer

from turnout.domain.catalog.provider import NAME
from turnout.interfaces.cli.actions import BadOptions
from turnout.interfaces.simulator.fields import FieldFault
from turnout.interfaces.simulator.profile import PROTOCOLS, Profile, revised
from turnout.interfaces.simulator.script import Script
from turnout.interfaces.simulator.server import Simulator, run_simulators

USUAL_NUMBER = 3


@dataclass(frozen=True, slots=True)
class Casting:
    """Who is to be simulated; `changes` are fields of Profile that hold for all of them."""

    providers: int | None = None
    names: Sequence[str] = ()
    protocols: Sequence[str] = ()
    changes: Mapping[str, object] = field(default_factory=dict)

    def profiles(self) -> list[Profile]:
        """Return one profile each, with its one protocol. Raises BadOptions naming the option."""
        names = self._names()
        if len(self.protocols) > len(names):
            raise BadOptions(f"--protocol: found {len(self.protocols)} for {len(names)} simulators")
        try:
            return [
                revised(Profile(name=name, protocols=(protocol,)), self.changes)
                for name, protocol in zip(names, self._protocols(), strict=False)
            ]
        except FieldFault as fault:
            field = fault.field.partition("[")[0]
            option = _OPTIONS.get(field, field.replace("_", "-"))
            raise BadOptions(str(fault).replace(fault.field, f"--{option}", 1)) from None

    def _names(self) -> list[str]:
        if self.names and self.providers is not None:
            raise BadOptions("--providers and --name: expected one of them, found both")
        bad = [name for name in self.names if not NAME.fullmatch(name)]
        if bad:
            raise BadOptions(f"--name: found {bad[0]!r}, expected letters, digits, '_', '-' or '.'")
        repeated = {name for name in self.names if self.names.count(name) > 1}
        if repeated:
            raise BadOptions(f"--name: found {', '.join(sorted(repeated))} twice")
        numbers = range(1, (self.providers or USUAL_NUMBER) + 1)
        return list(self.names) or [f"sim-{number}" for number in numbers]

    def _protocols(self) -> Iterable[str]:
        if not self.protocols:
            return cycle(PROTOCOLS)
        return (*self.protocols, *islice(cycle(self.protocols[-1:]), len(self._names())))


_OPTIONS = {
    "protocols": "protocol",
    "error_kinds": "error-kind",
    "first_token_delay_seconds": "first-token-delay",
    "token_delay_seconds": "token-delay",
}
"""Profile's fields to the options that set them, where they differ by more than the hyphens."""


async def simulate(
    profiles: Sequence[Profile], host: str, port: int, scripts: Mapping[str, Script] | None = None
) -> int:
    """Serve until interrupted, each by the script of its name; return the exit code.

    Raises BadOptions for a port in use, and for the script of nobody.
    """
    scripts = scripts or {}
    names = {profile.name for profile in profiles}
    nobodys = [name for name in scripts if name not in names]
    if nobodys:
        raise BadOptions(
            f"--script: found a script for {nobodys[0]!r}, expected one of "
            f"{', '.join(sorted(names))}"
        )

    def begin(simulators: Sequence[Simulator]) -> None:
        play(simulators, scripts)
        _announce(simulators)

    serving = asyncio.create_task(
        run_simulators(profiles, begin, host=host, first_port=port), name="simulators"
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        return 0
    except OSError as error:
        raise BadOptions(f"--host {host} --port {port}: {error.strerror or error}") from None
    return 0


def play(simulators: Iterable[Simulator], scripts: Mapping[str, Script]) -> None:
    """Let each simulator play the script of its name, if there is one."""
    for simulator in simulators:
        simulator.play(scripts.get(simulator.profile.name))


def _announce(simulators: Sequence[Simulator]) -> None:
    for simulator in simulators:
        profile = simulator.profile
        typer.echo(
            f"{profile.name} speaks {profile.protocols[0]} on {simulator.base_url}", err=True
        )
    typer.echo("Ctrl-C ends. To have Turnout use them:\n", err=True)
    typer.echo(configuration_of(simulators))


def configuration_of(simulators: Sequence[Simulator]) -> str:
    """Return a configuration file's text: each simulator a provider, all of them one chain."""
    lines = ["ai_providers:"]
    for simulator in simulators:
        name, protocol = simulator.profile.name, simulator.profile.protocols[0]
        path = "/v1" if protocol == "openai_chat" else ""
        lines += [
            f"  {name}:",
            f"    protocol: {protocol}",
            f"    base_url: {simulator.base_url}{path}",
            "    api_key: simulated",
            f"    models: [{name if name.startswith('sim-') else f'sim-{name}'}]",
        ]
    names = ", ".join(simulator.profile.name for simulator in simulators)
    return "\n".join([*lines, "fallback_chains:", f"  default: [{names}]"])
