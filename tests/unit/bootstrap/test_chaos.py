from pathlib import Path

import pytest

from turnout.bootstrap.chaos import (
    groups_of,
    load_scenarios,
    load_scripts,
    run_chaos,
    started_gateway,
)
from turnout.bootstrap.chaos_features import OFFERED
from turnout.bootstrap.waiting import PlaneDied
from turnout.interfaces.chaos.report import Report
from turnout.interfaces.chaos.scenario import FEATURES
from turnout.interfaces.cli.actions import BadConfiguration, ChaosOptions

SCENARIO = """description: A test.
providers:
  primary:
    script: {phases: [{faults: boom}]}
expect:
  - {metric: requests, equals: 1}
"""
GOOD = SCENARIO.replace("boom", "overloaded")


def scenario_file(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def test_what_is_offered_is_known_to_scenarios() -> None:
    assert set(FEATURES) >= OFFERED


def test_a_scenario_is_named_by_its_file(tmp_path: Path) -> None:
    (scenario,) = load_scenarios([scenario_file(tmp_path, GOOD)])
    assert (scenario.name, scenario.description) == ("mine", "A test.")


def test_all_faults_are_told_with_their_lines(tmp_path: Path) -> None:
    boom, torn = scenario_file(tmp_path, SCENARIO), scenario_file(tmp_path, "a: [", "torn.yaml")
    with pytest.raises(BadConfiguration) as caught:
        load_scenarios([boom, torn, tmp_path / "none.yaml"])
    first, second, third = caught.value.faults
    assert first.startswith(f"{boom}:4: providers.primary.script.phases[0].faults: found ('boom',)")
    assert second.startswith(f"{torn}:1: ")
    assert "no such file" in third


def test_whoever_sets_the_gateway_or_probes_has_one_alone(tmp_path: Path) -> None:
    texts = {"a": GOOD, "b": GOOD + "gateway: {server: {workers: 2}}\n", "c": GOOD, "d": GOOD}
    texts["d"] += "needs: [probes]\n"
    files = [scenario_file(tmp_path, text, f"{name}.yaml") for name, text in texts.items()]
    groups = [[one.name for one in group] for group in groups_of(load_scenarios(files))]
    assert groups == [["a", "c"], ["b"], ["d"]]


def test_scripts_are_read_with_their_lines(tmp_path: Path) -> None:
    file = scenario_file(tmp_path, "scripts:\n  north:\n    phases:\n      - {faults: silent}\n")
    assert load_scripts(file)["north"].phases[0].kinds == ("silent",)
    file.write_text("scripts:\n  north:\n    phases:\n      - {faults: boom}\n")
    with pytest.raises(BadConfiguration, match=r"mine.yaml:4: scripts.north.phases\[0\].faults"):
        load_scripts(file)


def test_a_file_with_which_no_gateway_starts_is_told_in_its_words(tmp_path: Path) -> None:
    told: list[Report] = []
    config = scenario_file(tmp_path, "server: {workers: 0}", "turnout.yaml")
    with pytest.raises(BadConfiguration, match=r"server\.workers"):
        run_chaos(ChaosOptions([scenario_file(tmp_path, GOOD)], config), told.append)
    assert told == []


async def test_a_gateway_that_cannot_start_has_said_why() -> None:
    with pytest.raises(PlaneDied, match="ai_providers"):
        async with started_gateway({"ai_providers": {"x": {"models": []}}}):
            raise AssertionError("it started")
