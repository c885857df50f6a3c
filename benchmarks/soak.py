"""A long run with chaos on: `python -m benchmarks.soak`, or `./dev soak`.

Simulated providers misbehave in turns while callers keep asking a whole gateway, all on loopback.
Held to: memory that does not grow, no descriptor left open, and every request and attempt
accounted for exactly once by callers, providers and the ledger. It lives beside the benchmarks
since it reads /proc and starts processes as they do, and is no part of what is installed.
"""

import argparse
import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.faults import BenchmarkError
from benchmarks.proc_tree import members, open_descriptors, proportional_bytes
from benchmarks.processes import Child, free_port, running
from benchmarks.soak_load import Callers, Providers, Told, opened_providers
from turnout.interfaces.chaos.door import Door
from turnout.interfaces.chaos.outcome import Ending

MOST_GROWTH = 0.05
_LOOK_SECONDS = 2.0
_REST_SECONDS = 8.0
"""Idle connections are kept for two seconds; then nothing may be left of the load."""
_SPARE_DESCRIPTORS = 6
"""The control plane's few connections to the store and to providers that it probes come and go."""
_WINDOW = 0.15
"""The part of the time that each of the compared medians is of."""
_WARM_UP_SECONDS = 180.0
_LEAST_SERVED = 0.95
_END_SECONDS = 60.0
_TELL_EVERY = 15
_MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    found: str
    wanted: str
    held: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What the gateway's processes hold, so long after the start."""

    seconds: float
    bytes: int
    descriptors: int
    processes: int


async def soaked(
    child: Child, door: Door, providers: Providers, options: argparse.Namespace
) -> "Soaked":
    """Drive the load in two halves while looking at the gateway; after each let it rest."""
    callers = Callers(door, per_second=options.per_second, at_once=options.at_once)
    began = time.monotonic()
    looks: list[Look] = []
    rests: list[Look] = []
    for _ in range(2):
        asking = asyncio.create_task(callers.ask_for(options.minutes * 30))
        while not asking.done():
            await asyncio.wait({asking}, timeout=_LOOK_SECONDS)
            looks.append(_look(child, time.monotonic() - began))
            if len(looks) % _TELL_EVERY == 0:
                _say(f"{_shown(looks[-1])}, {callers.told.requests} requests")
        await asking
        await providers.settled()
        await asyncio.sleep(_REST_SECONDS)
        rests.append(_look(child, time.monotonic() - began))
        _say(f"at rest: {_shown(rests[-1])}")
    return Soaked(callers.told, looks, *rests)


@dataclass(frozen=True, slots=True)
class Soaked:
    """What callers were told, and what the gateway held under load and at rest."""

    told: Told
    looks: Sequence[Look]
    half_way: Look
    after: Look

    def growth(self) -> tuple[float, float]:
        """Median memory after the warm-up, and in the end, in bytes."""
        whole = self.looks[-1].seconds
        warm, width = min(_WARM_UP_SECONDS, whole / 4), whole * _WINDOW
        first = [one.bytes for one in self.looks if warm <= one.seconds <= warm + width]
        last = [one.bytes for one in self.looks if one.seconds >= whole - width]
        return median(first), median(last)


def findings(soak: Soaked, seen: int, in_flight: int, ledger: tuple[int, int]) -> list[Finding]:
    """Hold what was found against what is wanted."""
    told, (warm, last) = soak.told, soak.growth()
    requests, attempts = ledger
    growth = last / warm - 1
    served = told.endings[Ending.ANSWERED] + told.endings[Ending.LEFT]
    allowed = soak.half_way.descriptors + _SPARE_DESCRIPTORS

    def same(what: str, found: int, wanted: int) -> Finding:
        return Finding(what, str(found), str(wanted), found == wanted)

    return [
        Finding(
            "memory after the warm-up and in the end",
            f"{warm / _MEGABYTE:.1f} and {last / _MEGABYTE:.1f} MB: {growth:+.1%}",
            f"less than {MOST_GROWTH:+.0%}",
            growth < MOST_GROWTH,
        ),
        Finding(
            "open descriptors at rest, half-way and in the end",
            f"{soak.half_way.descriptors} and {soak.after.descriptors}",
            f"at most {allowed}",
            soak.after.descriptors <= allowed,
        ),
        same("processes", soak.after.processes, soak.half_way.processes),
        same("requests that ended dishonestly", told.dishonest, 0),
        same("requests with an id of their own", len(told.ids), told.requests),
        same("requests in the ledger", requests, told.requests),
        same("attempts in the ledger", attempts, seen),
        same("requests left under way upstream", in_flight, 0),
        Finding(
            "requests answered, or left by their callers",
            f"{served / told.requests:.2%}",
            f"at least {_LEAST_SERVED:.0%}",
            served >= _LEAST_SERVED * told.requests,
        ),
    ]


def ledger_counts(store: Path) -> tuple[int, int]:
    """Requests and attempts in the ledger of a gateway that has ended."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
        row = connection.execute(
            "SELECT count(DISTINCT request), sum(number > 0) FROM ledger_attempt"
        ).fetchone()
    return int(row[0]), int(row[1] or 0)


async def run(options: argparse.Namespace, folder: Path) -> list[Finding]:
    """Start everything, soak, end everything; return what was found."""
    port, control_port = free_port(), free_port()
    file = folder / "turnout.yaml"
    command = [sys.executable, "-m", "turnout", "serve", "--config", str(file), "--no-watch"]
    async with opened_providers() as providers:
        file.write_text(json.dumps(providers.configuration(port, control_port)))  # YAML too
        with running(command, environment={}, folder=folder, name="turnout") as child:
            await asyncio.to_thread(child.wait_ready, port, "/readyz")
            door = Door(host="127.0.0.1", port=port)
            soak = await soaked(child, door, providers, options)
            await asyncio.to_thread(child.end, _END_SECONDS)
        for outcome in soak.told.examples:
            _say(f"request {outcome.number} {outcome.ending}: {outcome.detail}")
        _say(", ".join(f"{count} {ending}" for ending, count in soak.told.endings.items()))
        ledger = ledger_counts(folder / "turnout.db")
        return findings(soak, providers.attempts, providers.in_flight, ledger)


def main(arguments: Sequence[str]) -> int:
    """Soak, print a table; 1 where something did not hold."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="of load")
    parser.add_argument("--per-second", type=float, default=100.0, help="requests begun")
    parser.add_argument("--at-once", type=int, default=64, help="callers")
    options = parser.parse_args(arguments)
    if options.minutes < 0.5 or options.per_second <= 0 or options.at_once < 1:
        parser.error("expected half a minute or more, and a load")
    try:
        with tempfile.TemporaryDirectory(prefix="turnout-soak-") as folder:
            found = asyncio.run(run(options, Path(folder)))
    except BenchmarkError as fault:
        print(f"soak: {fault}", file=sys.stderr)
        return 2
    width = max(len(one.what) for one in found)
    for one in found:
        held = "yes" if one.held else "NO"
        print(f"{one.what:{width}}  {held:3}  found {one.found}, wanted {one.wanted}")
    return 0 if all(one.held for one in found) else 1


def _look(child: Child, seconds: float) -> Look:
    pids = members(child.pid)
    held = sum(open_descriptors(pid) for pid in pids)
    return Look(seconds, proportional_bytes(child.pid), held, len(pids))


def _shown(look: Look) -> str:
    megabytes = look.bytes / _MEGABYTE
    return f"{look.seconds:5.0f} s: {megabytes:.1f} MB, {look.descriptors} descriptors"


def _say(text: str) -> None:
    print(f"  soak: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
