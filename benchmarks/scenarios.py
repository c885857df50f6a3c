"""The scenarios that load gateways: who takes part, what is sent, what is asked of Turnout."""

import asyncio
from collections.abc import Callable
from functools import partial

from benchmarks import closed_loop, payloads
from benchmarks.measuring import Entry, Gateway, Settings, ask_once, in_turns
from benchmarks.proc_tree import cpu_seconds
from benchmarks.samples import Asked, Lane, Outcome, Sample
from benchmarks.stream_load import StreamWindow, open_streams
from benchmarks.upstreams import Protocol, Upstream, fixed_answers, paced_streams

_MICROSECONDS = 1e6
_PER_REQUEST = "µs of CPU per request"
_PER_CHUNK = "µs of CPU per relayed chunk"
_INTERVAL_SECONDS = 0.01
_SETTLING_SECONDS = 0.5
_SPARE_SECONDS = 2.5
"""How much longer streams go on than the window: they open and settle first."""
_YARDSTICKS = ("nginx", "smg")


def native(settings: Settings) -> Outcome:
    """OpenAI in, OpenAI upstream, a prompt of 300 bytes."""
    title = "OpenAI to OpenAI, 300-byte prompt, no stream"
    asked = [Asked("turnout", 1.3, "smg")]
    with fixed_answers(settings.folder) as (plain, _):
        lanes = _requests(settings, _all(settings, plain), prompt_bytes=300)
    return Outcome("native", title, _PER_REQUEST, lanes, asked)


def prompt_200k(settings: Settings) -> Outcome:
    """OpenAI in, OpenAI upstream, a prompt of 200 KB."""
    title = "OpenAI to OpenAI, 200 KB prompt, no stream"
    asked = [Asked("turnout", 3.0, "nginx")]
    with fixed_answers(settings.folder) as (plain, _):
        lanes = _requests(settings, _all(settings, plain), prompt_bytes=200_000)
    return Outcome("prompt-200k", title, _PER_REQUEST, lanes, asked)


def anthropic(settings: Settings) -> Outcome:
    """OpenAI in, Anthropic upstream; the yardsticks relay OpenAI to OpenAI."""
    title = "OpenAI to Anthropic, 300-byte prompt, no stream (nginx and smg: OpenAI to OpenAI)"
    asked = [Asked("turnout", 2.5, "smg")]
    with fixed_answers(settings.folder) as (plain, _):
        lanes = _requests(settings, _translating(settings, plain), prompt_bytes=300)
    return Outcome("anthropic", title, _PER_REQUEST, lanes, asked)


def tls(settings: Settings) -> Outcome:
    """The native scenario twice: upstream in the clear and over TLS."""
    title = "OpenAI to OpenAI, 300-byte prompt, upstream in the clear and over TLS"
    with fixed_answers(settings.folder) as (plain, secured):
        entries = []
        for candidate in settings.candidates:
            if candidate.trusts_own_ca:
                entries.append(Entry(candidate.name, candidate, plain))
                entries.append(Entry(f"{candidate.name} over TLS", candidate, secured))
        lanes = _requests(settings, entries, prompt_bytes=300)
    asked = [Asked("turnout over TLS", 1.2, "turnout")]
    return Outcome("tls", title, _PER_REQUEST, lanes, asked)


def stream(settings: Settings) -> Outcome:
    """Open streams, OpenAI to OpenAI, each with a chunk every 10 ms."""
    title = "OpenAI to OpenAI, open streams with a chunk every 10 ms"
    asked = [Asked("turnout", 2.0, "smg")]
    lanes = _streams(settings, _all)
    return Outcome("stream", title, _PER_CHUNK, lanes, asked)


def stream_anthropic(settings: Settings) -> Outcome:
    """The same from an Anthropic upstream; the yardsticks relay OpenAI to OpenAI."""
    title = (
        "OpenAI to Anthropic, open streams with a chunk every 10 ms"
        " (nginx and smg: OpenAI to OpenAI)"
    )
    asked = [Asked("turnout", 4.0, "smg")]
    lanes = _streams(settings, _translating)
    return Outcome("stream-anthropic", title, _PER_CHUNK, lanes, asked)


def _all(settings: Settings, upstream: Upstream) -> list[Entry]:
    return [Entry(candidate.name, candidate, upstream) for candidate in settings.candidates]


def _translating(settings: Settings, upstream: Upstream) -> list[Entry]:
    protocol: Protocol = "anthropic_messages"
    translated = Upstream(upstream.port, protocol=protocol)
    return [
        Entry(candidate.name, candidate, translated if candidate.translates else upstream)
        for candidate in settings.candidates
        if candidate.translates or candidate.name in _YARDSTICKS
    ]


def _requests(settings: Settings, entries: list[Entry], *, prompt_bytes: int) -> list[Lane]:
    body = payloads.chat_request(prompt_bytes)

    def measure(gateway: Gateway) -> Sample:
        load = closed_loop.prepare(
            settings.folder,
            port=gateway.port,
            body=body,
            headers=gateway.launch.headers,
            connections=min(settings.connections, gateway.candidate.most_connections),
        )
        load.run(1)
        before = cpu_seconds(gateway.child.pid)
        result = load.run(settings.seconds)
        used = cpu_seconds(gateway.child.pid) - before
        notes = {"requests/s": result.requests_per_second, "p50 ms": result.p50_milliseconds}
        return Sample(used / result.requests * _MICROSECONDS, notes)

    return in_turns(entries, settings, check=ask_once, measure=measure)


def _streams(
    settings: Settings, entries: Callable[[Settings, Upstream], list[Entry]]
) -> list[Lane]:
    chunks = round((settings.seconds + _SPARE_SECONDS) / _INTERVAL_SECONDS)

    def measure(gateway: Gateway) -> Sample:
        window = asyncio.run(_relayed(gateway, settings, chunks))
        notes = {"streams": gateway.candidate.streams, "chunks/s": window.chunks / settings.seconds}
        return Sample(window.cpu_seconds / window.chunks * _MICROSECONDS, notes)

    with paced_streams(
        settings.folder, interval_seconds=_INTERVAL_SECONDS, chunks=chunks
    ) as upstream:
        return in_turns(entries(settings, upstream), settings, check=_no_check, measure=measure)


async def _relayed(gateway: Gateway, settings: Settings, chunks: int) -> StreamWindow:
    count, headers = gateway.candidate.streams, gateway.launch.headers
    async with open_streams(gateway.port, count, headers) as callers:
        await asyncio.sleep(_SETTLING_SECONDS)
        used = partial(cpu_seconds, gateway.child.pid)
        window = await callers.window(settings.seconds, used)
        await callers.all_complete(chunks)
    return window


def _no_check(gateway: Gateway) -> None:
    """Streams are checked where they are measured: complete, and with every chunk."""
