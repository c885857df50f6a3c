"""The scenarios without load: time to readiness, and memory at rest and under idle streams."""

import asyncio
from collections.abc import Callable

from benchmarks.measuring import Entry, Gateway, Settings, ask_once, attempted, started
from benchmarks.proc_tree import cpu_seconds, proportional_bytes, worker_resident_bytes
from benchmarks.samples import Asked, Lane, Outcome, Sample
from benchmarks.stream_load import open_streams
from benchmarks.upstreams import Upstream, fixed_answers, paced_streams

_MEGABYTE = 1e6
_IDLE_STREAMS = 1_000
_SILENCE_SECONDS = 36_000.0
"""The pause after an idle stream's first chunk: longer than any run."""


def startup(settings: Settings) -> Outcome:
    """From the start of the program to the first 200 on its readiness path."""

    def measure(gateway: Gateway) -> Sample:
        return Sample(gateway.ready_seconds, {"CPU seconds": cpu_seconds(gateway.child.pid)})

    title = "program start to the first 200 on the readiness path"
    with fixed_answers(settings.folder) as (plain, _):
        lanes = _cold(settings, plain, measure)
    return Outcome("startup", title, "seconds", lanes, [Asked("turnout", 2.0)])


def memory(settings: Settings) -> Outcome:
    """Started, one request answered."""

    def measure(gateway: Gateway) -> Sample:
        ask_once(gateway)
        notes = {"whole tree MB": proportional_bytes(gateway.child.pid) / _MEGABYTE}
        return Sample(worker_resident_bytes(gateway.child.pid) / _MEGABYTE, notes)

    title = "resident memory of the worker process, started and asked once"
    with fixed_answers(settings.folder) as (plain, _):
        lanes = _cold(settings, plain, measure)
    return Outcome("memory", title, "MB", lanes, [Asked("turnout", 90.0)])


def memory_streams(settings: Settings) -> Outcome:
    """What a thousand open streams add that have had one chunk and then nothing."""

    def measure(gateway: Gateway) -> Sample:
        added = asyncio.run(_added_by_streams(gateway))
        return Sample(added / _MEGABYTE, {"streams": _IDLE_STREAMS})

    title = "resident memory that 1,000 idle streams add to the worker process"
    with paced_streams(settings.folder, interval_seconds=_SILENCE_SECONDS, chunks=2) as upstream:
        lanes = _cold(settings, upstream, measure)
    return Outcome("memory-streams", title, "MB", lanes, [Asked("turnout", 60.0)])


async def _added_by_streams(gateway: Gateway) -> int:
    async with open_streams(gateway.port, 1, gateway.launch.headers):
        before = worker_resident_bytes(gateway.child.pid)
        async with open_streams(gateway.port, _IDLE_STREAMS, gateway.launch.headers):
            return worker_resident_bytes(gateway.child.pid) - before


def _cold(
    settings: Settings, upstream: Upstream, measure: Callable[[Gateway], Sample]
) -> list[Lane]:
    """Rounds in which every candidate is started anew, measured and stopped."""
    lanes = [Lane(candidate.name) for candidate in settings.candidates]
    for number in range(settings.rounds):
        settings.say(f"round {number + 1} of {settings.rounds}")
        for candidate, lane in zip(settings.candidates, lanes, strict=True):
            entry = Entry(candidate.name, candidate, upstream)

            def once(entry: Entry = entry) -> Sample:
                with started(entry, settings.folder) as gateway:
                    return measure(gateway)

            lane.rounds.append(attempted(lane, once, settings))
    return lanes
