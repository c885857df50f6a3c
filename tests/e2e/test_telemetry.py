"""A started gateway tells of its requests: metrics, spans and the log."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import yaml
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as openmetrics_families,
)
from prometheus_client.parser import text_string_to_metric_families
from tests.support.otlp import Collector, attributes_of, collecting
from tests.support.turnout_process import KEY, RunningTurnout, started

from turnout.interfaces.simulator.profile import ErrorKind, Profile
from turnout.interfaces.simulator.server import Simulator

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE_SECONDS = 40.0
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
QUESTION = {"model": "main", "messages": [{"role": "user", "content": "hello"}]}
METRICS_TOKEN = "scrape-scrape-scrape"
SCRAPER = {"authorization": f"Bearer {METRICS_TOKEN}"}


def configuration(north: Simulator, south: Simulator, endpoint: str) -> dict[str, object]:
    def provider(simulator: Simulator) -> dict[str, object]:
        return {
            "protocol": "openai_chat",
            "base_url": f"{simulator.base_url}/v1",
            "models": ["sim"],
            "probe": "off",
            "circuit": {"strikes_to_open": 1000, "least_calls": 1000},
        }

    return {
        "server": {"workers": 2, "access_keys": [KEY], "admin_token": "admin-" * 4},
        "control": {"metrics_token": METRICS_TOKEN},
        "logging": {"format": "json", "access": "all"},
        "telemetry": {"traces": {"endpoint": endpoint, "share": 0, "service_name": "gate"}},
        "ai_providers": {"north": provider(north), "south": provider(south)},
        "fallback_chains": {
            "main": ["north", "south"],
            "broken": ["north"],
            "counted": ["north", "south"],
        },
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[RunningTurnout, Collector, Path]]:
    folder = tmp_path_factory.mktemp("telemetry")
    broken = Profile(name="north", error_rate=1.0, error_kinds=(ErrorKind.SERVER_ERROR,))
    async with (
        collecting() as collector,
        Simulator(broken) as north,
        Simulator(Profile(name="south")) as south,
        started(folder, configuration(north, south, collector.endpoint), role="all") as gateway,
    ):
        yield gateway, collector, folder


async def ask(gateway: RunningTurnout, model: str = "main", **headers: str) -> httpx.Response:
    async with gateway.http() as client:
        return await client.post(
            "/v1/chat/completions", json=QUESTION | {"model": model}, headers=headers
        )


async def scraped(gateway: RunningTurnout, accept: str = "text/plain") -> str:
    async with gateway.control() as control:
        answer = await control.get("/metrics", headers={**SCRAPER, "accept": accept})
        assert answer.status_code == 200, answer.text
        return answer.text


def sums(text: str) -> dict[str, float]:
    """Add up the samples of each name, whatever their labels, and those of each route."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            for name in (sample.name, f"{sample.name} {sample.labels.get('route')}"):
                found[name] = found.get(name, 0.0) + sample.value
    return found


async def until_counted(gateway: RunningTurnout, name: str, count: float) -> dict[str, float]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = sums(await scraped(gateway))
            if found.get(name, 0.0) >= count:
                return found
            await asyncio.sleep(0.2)


async def test_metrics_count_each_request_once_also_over_the_death_of_a_worker(
    told: tuple[RunningTurnout, Collector, Path],
) -> None:
    gateway, _, _ = told
    for _ in range(20):
        assert (await ask(gateway, "counted")).status_code == 200
    after = await until_counted(gateway, "turnout_requests_total counted", 20)
    assert after["turnout_requests_total counted"] == 20
    assert after["turnout_workers"] == 3
    for child in _workers(gateway):
        os.kill(child, signal.SIGKILL)
    await _until_answering(gateway)
    again = await until_counted(
        gateway, "turnout_requests_total", after["turnout_requests_total"] + 1
    )
    assert again["turnout_requests_total counted"] == 20
    assert again["turnout_attempts_total"] >= after["turnout_attempts_total"]
    assert again["turnout_fallbacks_total"] >= 20


async def test_both_formats_are_told_and_can_be_read(
    told: tuple[RunningTurnout, Collector, Path],
) -> None:
    gateway, _, _ = told
    await ask(gateway)
    text = await scraped(gateway, "application/openmetrics-text;version=1.0.0")
    assert text.endswith("# EOF\n")
    families = {family.name for family in openmetrics_families(text)}  # type: ignore[no-untyped-call]
    plain = {family.name for family in text_string_to_metric_families(await scraped(gateway))}
    for name in ("gen_ai_server_request_duration_seconds", "turnout_circuit_state"):
        assert name in families & plain


async def test_metrics_want_their_token(told: tuple[RunningTurnout, Collector, Path]) -> None:
    gateway, _, _ = told
    async with gateway.control() as control:
        wrong = await control.get("/metrics", headers={"authorization": "Bearer wrong"})
        elsewhere = await control.get("/api/audit", headers=SCRAPER)
    assert (wrong.status_code, elsewhere.status_code) == (401, 401)


async def test_a_sampled_request_is_a_tree_of_spans(
    told: tuple[RunningTurnout, Collector, Path],
) -> None:
    gateway, collector, _ = told
    answer = await ask(gateway, traceparent=f"00-{TRACE}-{SPAN}-01")
    spans = await _spans_of(collector, answer.headers["x-turnout-request-id"], 3)
    root, *attempts = sorted(spans, key=lambda span: span.start_time_unix_nano)
    assert {span.trace_id.hex() for span in spans} == {TRACE}
    assert root.parent_span_id.hex() == SPAN
    assert {span.parent_span_id for span in attempts} == {root.span_id}
    assert root.kind == Span.SPAN_KIND_SERVER
    assert {span.kind for span in attempts} == {Span.SPAN_KIND_CLIENT}
    told_of_root, told_of_last = attributes_of(root), attributes_of(attempts[-1])
    assert told_of_root["gen_ai.operation.name"] == "chat"
    assert told_of_root["turnout.attempts"] == len(attempts)
    assert told_of_root["gen_ai.provider.name"] == told_of_last["gen_ai.provider.name"] == "south"
    assert attributes_of(attempts[0])["error.type"] == "overloaded"
    assert int(str(told_of_last["gen_ai.usage.output_tokens"])) > 0
    assert collector.services == {"gate"}
    assert root.start_time_unix_nano <= attempts[0].start_time_unix_nano
    assert root.end_time_unix_nano >= attempts[-1].end_time_unix_nano


async def test_a_failed_request_is_told_of_though_nobody_samples_it(
    told: tuple[RunningTurnout, Collector, Path],
) -> None:
    gateway, collector, _ = told
    good = await ask(gateway)
    bad = await ask(gateway, "broken")
    assert (good.status_code, bad.status_code) == (200, 503)
    spans = await _spans_of(collector, bad.headers["x-turnout-request-id"], 2)
    assert {span.status.code for span in spans} == {2}
    named = {attributes_of(span)["turnout.request.id"] for span in collector.spans}
    assert good.headers["x-turnout-request-id"] not in named


async def test_the_access_log_has_a_line_per_request_and_its_level_changes_while_running(
    told: tuple[RunningTurnout, Collector, Path],
) -> None:
    gateway, _, folder = told
    answer = await ask(gateway)
    line = await _line_of(gateway, answer.headers["x-turnout-request-id"])
    assert (line["status"], line["route"], line["provider"]) == (200, "main", "south")
    assert (line["event"], line["level"], line["logger"]) == ("request", "info", "turnout.access")
    file = folder / "turnout.yaml"
    changed = yaml.safe_load(file.read_text())
    changed["logging"]["access"] = "off"
    file.write_text(yaml.safe_dump(changed))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if not await _is_logged(gateway):
                break
            await asyncio.sleep(0.2)


def _workers(gateway: RunningTurnout) -> list[int]:
    """Return the pids of the data plane's workers: children of its main process."""
    tree: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            tree.setdefault(parent, []).append(int(entry.name))
    planes = tree.get(gateway.process.pid, [])
    return [
        child
        for plane in planes
        if "data_plane" in (Path("/proc") / str(plane) / "cmdline").read_text()
        for child in tree.get(plane, [])
        if "data_plane" in (Path("/proc") / str(child) / "cmdline").read_text()
    ]


async def _until_answering(gateway: RunningTurnout) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                if (await ask(gateway)).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.2)


async def _spans_of(collector: Collector, request: str, count: int) -> list[Span]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = [
                span
                for span in collector.spans
                if attributes_of(span).get("turnout.request.id") == request
            ]
            if len(found) >= count:
                return found
            await collector.until(len(collector.spans) + 1)


async def _is_logged(gateway: RunningTurnout) -> bool:
    """Tell whether a request has its line by the time that a later one is counted."""
    before = sums(await scraped(gateway)).get("turnout_requests_total", 0.0)
    answer = await ask(gateway)
    await until_counted(gateway, "turnout_requests_total", before + 1)
    return answer.headers["x-turnout-request-id"] in gateway.log.read_text()


async def _line_of(gateway: RunningTurnout, request: str) -> dict[str, object]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            for line in gateway.log.read_text().splitlines():
                if request in line and line.startswith("{"):
                    found: dict[str, object] = json.loads(line)
                    return found
            await asyncio.sleep(0.2)
