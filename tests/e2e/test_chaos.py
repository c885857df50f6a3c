"""Every shipped scenario, against one started gateway; and the command that runs them."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.support.cli import run

from turnout.bootstrap.__main__ import ACTIONS
from turnout.bootstrap.chaos import (
    groups_of,
    load_scenarios,
    run_chaos,
    started_gateway,
)
from turnout.bootstrap.chaos_features import OFFERED
from turnout.interfaces.chaos.arena import Arena, opened_arena
from turnout.interfaces.chaos.report import Report
from turnout.interfaces.chaos.scenario import Scenario
from turnout.interfaces.chaos.shipped import shipped_scenarios
from turnout.interfaces.cli.actions import ChaosOptions, RunningGateway
from turnout.interfaces.simulator.server import Simulator

SCENARIOS = {
    scenario.name: scenario for scenario in load_scenarios(list(shipped_scenarios().values()))
}
TOGETHER, *ALONE = groups_of(list(SCENARIOS.values()))
MISSING = """description: Nobody expects this.
providers:
  primary: {}
load: {requests: 4}
expect:
  - {metric: success_share, equals: 1}
  - {metric: answered_share.primary, equals: 0}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def arena() -> AsyncIterator[Arena]:
    async with opened_arena(TOGETHER, started_gateway, offered=OFFERED) as arena:
        yield arena


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", [scenario.name for scenario in TOGETHER])
async def test_callers_get_what_they_may_expect(name: str, arena: Arena) -> None:
    assert_held(await arena.run(SCENARIOS[name]))


@pytest.mark.parametrize("group", ALONE, ids=lambda group: group[0].name)
async def test_so_they_do_where_probes_are_sent(group: list[Scenario]) -> None:
    async with opened_arena(group, started_gateway, offered=OFFERED) as arena:
        for scenario in group:
            assert_held(await arena.run(scenario))


def assert_held(report: Report) -> None:
    missed = [f"{one.what}: found {one.found:g}, wanted {one.wanted}" for one in report.misses]
    assert (missed, report.missing) == ([], ()), (
        report.endings,
        report.answered_by,
        report.examples,
    )


def test_the_command_ends_with_one_for_a_miss_and_writes_what_it_saw(tmp_path: Path) -> None:
    scenario, written = tmp_path / "missing.yaml", tmp_path / "reports.json"
    scenario.write_text(MISSING)
    config = tmp_path / "turnout.yaml"
    config.write_text("upstream: {engine: httpx}\nserver: {access_keys: [secret]}\n")
    arguments = ("--config", str(config), "--json", str(written))
    told = run(ACTIONS, "chaos", "run", str(scenario), *arguments)
    assert told.code == 1
    assert "1 MISSED" in told.output
    (report,) = json.loads(written.read_text())
    assert (report["endings"], report["answered_by"]) == ({"answered": 4}, {"primary": 4})


async def test_a_running_gateway_is_held_to_what_can_be_seen_from_outside(tmp_path: Path) -> None:
    async with Simulator() as first, Simulator() as second:
        ports = (first.port, second.port)
    config = {
        "server": {"access_keys": ["secret"]},
        "ai_providers": {
            name: {
                "protocol": "openai_chat",
                "base_url": f"http://127.0.0.1:{port}/v1",
                "api_key": "simulated",
                "models": ["simulated"],
            }
            for name, port in zip(("primary", "backup"), ports, strict=True)
        },
        "fallback_chains": {"default": ["primary", "backup"]},
    }
    file = tmp_path / "turnout.yaml"
    file.write_text(json.dumps(config))
    async with started_gateway(config) as place:
        gateway = RunningGateway(f"http://{place.host}:{place.port}", "secret", "default")
        options = ChaosOptions([shipped_scenarios()["one_server_error"]], file, gateway)
        (report,) = await asyncio.to_thread(run_chaos, options, lambda report: None)
    missed = [f"{one.what}: found {one.found:g}, wanted {one.wanted}" for one in report.misses]
    assert missed == []
    assert report.endings == {"answered": report.requests}
    assert sum(seen.requests for seen in report.upstream.values()) == report.attempts
