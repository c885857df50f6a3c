import json
from pathlib import Path

import pytest
from tests.support.chaos import scenario
from tests.support.cli import NotedActions

from turnout.interfaces.chaos.checks import Check
from turnout.interfaces.chaos.report import Report
from turnout.interfaces.chaos.shipped import FOLDER, shipped_scenarios
from turnout.interfaces.cli.actions import BadConfiguration, ChaosOptions, RunningGateway

GOOD = Report(scenario="healthy", description="All is well.", requests=3)
MISSED = Report(
    scenario="down",
    description="All is lost.",
    checks=[Check(what="success_share", found=0.5, wanted="1", held=False)],
)


@pytest.mark.parametrize(("reports", "code"), [([GOOD], 0), ([GOOD, MISSED], 1)])
def test_a_miss_ends_with_one(reports: list[Report], code: int) -> None:
    ran = NotedActions(reports=reports).run("chaos", "run", "healthy")
    assert ran.code == code
    assert "All is well." in ran.output
    assert ("1 MISSED" in ran.output) is (code == 1)


def test_names_and_files_and_the_gateways_file_are_handed_on() -> None:
    noted = NotedActions()
    noted.run("chaos", "run", "silent", "mine.yaml", "--config", "turnout.yaml")
    files = [FOLDER / "silent.yaml", Path("mine.yaml")]
    assert noted.asked == [("chaos", ChaosOptions(files, Path("turnout.yaml")))]


def test_a_running_gateway_is_aimed_at() -> None:
    noted = NotedActions()
    url, place = "http://127.0.0.1:8080", "http://127.0.0.1:9100/v1"
    at = ("--model", "small", "--at", f"primary={place}")
    noted.run("chaos", "run", "silent", "--gateway", url, *at, TURNOUT_ACCESS_KEY="secret")
    gateway = RunningGateway(url, "secret", "small")
    options = ChaosOptions([FOLDER / "silent.yaml"], None, gateway, {"primary": place})
    assert noted.asked == [("chaos", options)]
    assert "secret" not in repr(options)


def test_all_are_run_when_asked_for() -> None:
    noted = NotedActions()
    noted.run("chaos", "run", "--all")
    assert noted.asked == [("chaos", ChaosOptions(list(shipped_scenarios().values())))]


def test_reports_are_written_as_json(tmp_path: Path) -> None:
    file = tmp_path / "reports.json"
    NotedActions(reports=[GOOD, MISSED]).run("chaos", "run", "healthy", "--json", str(file))
    good, missed = json.loads(file.read_text())
    assert (good["scenario"], good["requests"], good["held"]) == ("healthy", 3, True)
    assert (missed["held"], missed["checks"][0]["found"]) == (False, 0.5)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "chaos run: expected names of scenarios, or --all"),
        (("healthy", "--all"), "chaos run: expected names of scenarios, or --all"),
        (("helthy",), "chaos run: found 'helthy', expected a file, or one of all_down, "),
        (("healthy", "--at", "a=http://x"), "--at: found it without --gateway, expected both"),
        (
            ("healthy", "--gateway", "http://x", "--at", "a"),
            "--at: found 'a', expected NAME=http://HOST:PORT",
        ),
        (("healthy", "--json", "/nowhere/x"), "--json /nowhere/x: no such file or directory"),
    ],
)
def test_what_cannot_be_meant_ends_with_two(arguments: tuple[str, ...], told: str) -> None:
    ran = NotedActions(reports=[GOOD]).run("chaos", "run", *arguments)
    assert ran.code == 2
    assert ran.errors.startswith(f"turnout: {told}")


def test_a_bad_scenario_ends_with_two() -> None:
    failure = BadConfiguration(["bad.yaml:3: load: found 1, expected a mapping"])
    ran = NotedActions(failure=failure).run("chaos", "run", "bad.yaml")
    assert (ran.code, ran.errors) == (2, "bad.yaml:3: load: found 1, expected a mapping\n")


def test_scenarios_are_listed() -> None:
    ran = NotedActions(scenarios=[scenario(needs=["rescue"])]).run("chaos", "list")
    assert ran.code == 0
    for words in ("tried", "A test.", "primary, backup", "rescue"):
        assert words in ran.output
