from pathlib import Path

import pytest

from turnout.bootstrap.rehearsal import rehearse
from turnout.interfaces.cli.actions import BadConfiguration, RehearsalOptions
from turnout.interfaces.rehearsal.report import RehearsalReport
from turnout.interfaces.rehearsal.shipped import shipped_rehearsals


def rehearsed(file: Path, requests: int = 4_000) -> RehearsalReport:
    return rehearse(RehearsalOptions(file, requests, 1_000, day=True, seed=1), lambda doing: None)


@pytest.mark.parametrize("name", shipped_rehearsals())
def test_each_can_be_rehearsed_and_says_what_it_is_about(name: str) -> None:
    report = rehearsed(shipped_rehearsals()[name])
    assert (report.scenario, report.run.requests) == (name, 4_000)
    assert report.description.endswith(".")
    assert report.run.availability > 0.99
    assert report.run.dollars is not None


def test_policies_are_worth_something_on_a_bad_day() -> None:
    by_name = {run.policies: run for run in rehearsed(shipped_rehearsals()["bad_day"]).compared}
    assert by_name["none of these"].availability < by_name["as configured"].availability


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("description: x\nproviders: {a: {share: 2}}\n", "mine.yaml:2: providers.a.share"),
        (
            "description: x\nproviders: {a: {}}\nchain: {tiers: [[b]]}\n",
            "mine.yaml: fallback_chains.mine.tiers[0]",
        ),
        (
            "description: x\nproviders: {a: {settings: {wait: 0}}}\n",
            "mine.yaml: ai_providers.a.wait",
        ),
    ],
)
def test_a_scenario_at_fault_is_refused_with_its_place(
    tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(BadConfiguration) as bad:
        rehearsed(file)
    assert told in str(bad.value)
