"""What scenarios share: the run's settings, started gateways, and rounds in turn."""

import contextlib
import http.client
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from benchmarks import payloads
from benchmarks.candidates import Candidate, Launch
from benchmarks.faults import BenchmarkError
from benchmarks.processes import Child, free_port, running
from benchmarks.samples import Lane, Sample
from benchmarks.upstreams import Upstream

Result = TypeVar("Result")
_FAILURE_CHARACTERS = 160
_FOLDERS = re.compile(r"(/[\w.@-]+)+/")
"""Reports are published: a log's last lines keep their file names, not this machine's folders."""
_FAULTS = (BenchmarkError, OSError, http.client.HTTPException)


@dataclass(frozen=True, slots=True)
class Settings:
    """How long and how often, the same for every lane."""

    rounds: int
    seconds: int
    connections: int
    folder: Path
    candidates: list[Candidate]
    say: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Gateway:
    """A started candidate."""

    child: Child
    port: int
    launch: Launch
    candidate: Candidate
    ready_seconds: float


@dataclass(frozen=True, slots=True)
class Entry:
    """Who takes part in a scenario, in front of what, under which name."""

    name: str
    candidate: Candidate
    upstream: Upstream


@contextlib.contextmanager
def started(entry: Entry, folder: Path) -> Iterator[Gateway]:
    """Start the entry's gateway in a folder of its own and wait until it is ready."""
    own = folder / re.sub(r"\W+", "-", entry.name)
    own.mkdir(exist_ok=True)
    port = free_port()
    launch = entry.candidate.launch(entry.upstream, own, port)
    environment = launch.environment
    with running(launch.command, environment=environment, folder=own, name=own.name) as child:
        seconds = child.wait_ready(port, launch.ready_path)
        yield Gateway(child, port, launch, entry.candidate, seconds)


def ask_once(gateway: Gateway) -> None:
    """One chat request, its answer read. Raises BenchmarkError if it is not the upstream's."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
    try:
        body = payloads.chat_request(300)
        connection.request("POST", "/v1/chat/completions", body, gateway.launch.headers)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
    finally:
        connection.close()
    if answer.status != http.HTTPStatus.OK or payloads.ANSWER not in text:
        raise BenchmarkError(f"answered {answer.status}: {text[:200]}")


def in_turns(
    entries: list[Entry],
    settings: Settings,
    *,
    check: Callable[[Gateway], None],
    measure: Callable[[Gateway], Sample],
) -> list[Lane]:
    """Start all gateways, then measure A B C, A B C, ... so that noise falls on all alike.

    A lane that fails once says why and is left out from there on.
    """
    lanes = [Lane(entry.name) for entry in entries]
    with contextlib.ExitStack() as stack:
        gateways = {
            lane.name: attempted(lane, partial(_opened, stack, entry, settings, check), settings)
            for entry, lane in zip(entries, lanes, strict=True)
        }
        for number in range(settings.rounds):
            settings.say(f"round {number + 1} of {settings.rounds}")
            for lane in lanes:
                gateway = gateways[lane.name]
                once = partial(measure, gateway) if gateway else None
                lane.rounds.append(attempted(lane, once, settings))
    return lanes


def attempted(lane: Lane, work: Callable[[], Result] | None, settings: Settings) -> Result | None:
    """What `work` gives; None if there is none, the lane has failed before, or fails now."""
    if work is None or lane.failure:
        return None
    try:
        return work()
    except _FAULTS as fault:
        told = _FOLDERS.sub("", str(fault)) or type(fault).__name__
        lane.failure = told[:_FAILURE_CHARACTERS]
        settings.say(f"{lane.name} failed: {lane.failure}")
        return None


def _opened(
    stack: contextlib.ExitStack,
    entry: Entry,
    settings: Settings,
    check: Callable[[Gateway], None],
) -> Gateway:
    gateway = stack.enter_context(started(entry, settings.folder))
    check(gateway)
    return gateway
