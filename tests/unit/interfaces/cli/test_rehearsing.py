import json
from pathlib import Path

import pytest
from tests.support.cli import NotedActions

from turnout.application.rehearsal.tally import Tally
from turnout.interfaces.cli.actions import RehearsalOptions
from turnout.interfaces.rehearsal.report import RehearsalReport, run_of
from turnout.interfaces.rehearsal.shipped import FOLDER

REPORT = RehearsalReport(
    scenario="tried",
    description="A test.",
    seed=0,
    day=True,
    run=run_of("as configured", Tally([]), 0.0),
    compared=[],
)


def test_the_usual_rehearsal_has_a_million_requests_and_smaller_ones_beside() -> None:
    noted = NotedActions(rehearsed=REPORT)
    ran = noted.run("rehearse", "outage", "--day")
    options = RehearsalOptions(FOLDER / "outage.yaml", 1_000_000, 200_000, day=True, seed=0)
    assert (ran.code, noted.asked) == (0, [("rehearse", options)])
    assert "tried: A test." in ran.output
    assert "going through it" in ran.errors


def test_numbers_may_be_written_shortly() -> None:
    noted = NotedActions(rehearsed=REPORT)
    noted.run("rehearse", "mine.yaml", "-n", "5e3", "--sample", "100", "--seed", "7")
    options = RehearsalOptions(Path("mine.yaml"), 5_000, 100, day=False, seed=7)
    assert noted.asked == [("rehearse", options)]


def test_the_sample_is_no_larger_than_the_whole() -> None:
    noted = NotedActions(rehearsed=REPORT)
    noted.run("rehearse", "outage", "-n", "50")
    assert noted.asked[0][1].sample == 50


def test_json_is_written_alone() -> None:
    ran = NotedActions(rehearsed=REPORT).run("rehearse", "outage", "--json")
    assert json.loads(ran.output)["scenario"] == "tried"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("outage", "-n", "0"), "--requests: found '0', expected a whole number from 1"),
        (("outage", "-n", "1.5"), "--requests: found '1.5'"),
        (("outage", "-n", "1e12"), "--requests: found '1e12'"),
        (("outage", "-n", "nan"), "--requests: found 'nan'"),
        (("outage", "--sample", "-1"), "--sample: found '-1'"),
        (("outtage",), "rehearse: found 'outtage', expected a file, or one of bad_day, "),
    ],
)
def test_what_cannot_be_meant_ends_with_two(arguments: tuple[str, ...], told: str) -> None:
    ran = NotedActions(rehearsed=REPORT).run("rehearse", *arguments)
    assert (ran.code, told in ran.errors) == (2, True)
