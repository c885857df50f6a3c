import json

import pytest
from tests.support.chaos import evidence, outcome, scenario

from turnout.interfaces.chaos.checks import Check
from turnout.interfaces.chaos.outcome import Ending
from turnout.interfaces.chaos.report import report_of, report_of_missing
from turnout.interfaces.cli.chaos_report import show_report, show_scenarios, written

CHECKS = [
    Check(what="success_share", found=1 / 3, wanted="at least 1", held=False),
    Check(what="[attempts]", found=1, wanted="1", held=True),
    Check(what="rescued", found=0, wanted="1", held=None, note="not of this gateway"),
]


def test_a_report_is_shown_with_every_check(capsys: pytest.CaptureFixture[str]) -> None:
    lost = outcome(Ending.LOST, 1, detail="[nothing] for 30 s")
    show_report(report_of(scenario(), evidence(outcome(seconds=0.25), lost), CHECKS, 1.5))
    shown = capsys.readouterr().out
    for words in ("tried: A test.", "2 requests in 1.50 s and 2 attempts", "1 answered, 1 lost"):
        assert words in shown
    for words in ("1 by primary", "most 250 ms", "0.3333", "[attempts]", "NO", "not of this"):
        assert words in shown
    assert "request 1: lost, 200: [nothing] for 30 s" in shown
    assert "1 MISSED" in shown


def test_what_was_not_run_is_told_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    show_report(report_of_missing(scenario(), ["rescue"]))
    assert "not run: this gateway has no rescue" in capsys.readouterr().out


def test_json_holds_the_same() -> None:
    report = report_of(scenario(), evidence(outcome()), CHECKS, 1.5)
    (content,) = json.loads(written([report]))
    assert content["held"] is False
    assert [check["held"] for check in content["checks"]] == [False, True, None]
    assert content["upstream"]["primary"]["requests"] == 1


def test_scenarios_are_shown_in_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    show_scenarios([scenario()])
    assert "tried" in capsys.readouterr().out
