"""`turnout chaos run --gateway`: simulators in the places of a running gateway's providers."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from turnout.bootstrap.chaos_features import OFFERED
from turnout.bootstrap.configuration import load
from turnout.interfaces.chaos.door import Door
from turnout.interfaces.chaos.report import Report, report_of_missing
from turnout.interfaces.chaos.running import Cast, Entry, PlaceTaken, cast, running_arena
from turnout.interfaces.chaos.scenario import Scenario
from turnout.interfaces.cli.actions import BadOptions, ChaosOptions, RunningGateway
from turnout.interfaces.simulator.fields import FieldFault


def run_before(
    options: ChaosOptions,
    gateway: RunningGateway,
    scenarios: Sequence[Scenario],
    told: Callable[[Report], None],
) -> list[Report]:
    """Run the scenarios one after another; return the reports.

    Raises BadConfiguration for the gateway's file, and BadOptions where it does not fit.
    """
    try:
        door = Door.at(gateway.url, key=gateway.key, model=gateway.model)
    except ValueError:
        expected = "an address like http://127.0.0.1:8080"
        raise BadOptions(f"--gateway: found {gateway.url!r}, expected {expected}") from None
    entries = _entries(options)
    parts = [_cast(scenario, entries) for scenario in scenarios]

    async def run() -> list[Report]:
        reports: list[Report] = []
        for part in parts:
            reports.append(await _report(part, door))
            told(reports[-1])
        return reports

    try:
        return asyncio.run(run())
    except PlaceTaken as taken:
        raise BadOptions(f"--gateway: {taken}") from None


def _entries(options: ChaosOptions) -> Mapping[str, Entry]:
    """Where the gateway expects its providers: by its file, and over it by the command line."""
    entries: dict[str, Entry] = {}
    if options.config is not None:
        for id, settings in load(options.config).declared.providers.items():
            entries[id] = Entry(settings.protocol.value, settings.base_url)
    for name, url in options.addresses.items():
        usual = entries.get(name)
        entries[name] = Entry(usual.protocol if usual else "", url)
    if not entries:
        raise BadOptions("--gateway: expected --config or --at, to know where its providers are")
    return entries


def _cast(scenario: Scenario, entries: Mapping[str, Entry]) -> Cast:
    try:
        return cast(scenario, entries)
    except FieldFault as fault:
        raise BadOptions(f"--gateway: {scenario.name}: {fault}") from None


async def _report(part: Cast, door: Door) -> Report:
    if part.missing:
        return report_of_missing(part.scenario, part.missing)
    async with running_arena(part, door, OFFERED) as arena:
        return replace(await arena.run(part.scenario), notes=part.notes)
