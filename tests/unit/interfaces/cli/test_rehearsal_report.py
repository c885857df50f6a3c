import json

import pytest
from tests.support.rehearsals import EVEN, STEADY, rehearsal

from turnout.application.rehearsal.policies import AS_CONFIGURED, BARE
from turnout.interfaces.cli.rehearsal_report import show_rehearsal, written
from turnout.interfaces.rehearsal.report import RehearsalReport, run_of

ONE = rehearsal({"north": STEADY, "south": STEADY})
REPORT = RehearsalReport(
    scenario="tried",
    description="A [test].",
    seed=3,
    day=False,
    run=run_of("as configured", ONE.run(EVEN, AS_CONFIGURED), 0.5),
    compared=[run_of(BARE.name, ONE.run(EVEN, BARE), 0.5)],
)


def test_a_report_is_shown_for_people(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    show_rehearsal(REPORT)
    shown = capsys.readouterr().out
    for words in ("tried: A [test].", "1000 requests: 100.000% answered", "seed 3", "1.000 att"):
        assert words in shown
    for words in ("north/model", "100.00%", "none of these", "0.5/0.5/0.5", "1000 requests each"):
        assert words in shown
    assert "worst hours" not in shown


def test_json_holds_the_same() -> None:
    content = json.loads(written(REPORT))
    assert content["run"]["availability"] == 1.0
    assert content["compared"][0]["policies"] == "none of these"
    assert content["relative_error"] == 0.01
