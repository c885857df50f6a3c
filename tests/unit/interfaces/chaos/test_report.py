from tests.support.chaos import evidence, outcome, scenario

from turnout.interfaces.chaos.checks import Check
from turnout.interfaces.chaos.outcome import Ending
from turnout.interfaces.chaos.report import report_of, report_of_missing

HELD = Check(what="a", found=1, wanted="1", held=True)
MISSED = Check(what="b", found=2, wanted="1", held=False)
NOT_ASKED = Check(what="c", found=2, wanted="1", held=None)


def test_a_report_sums_up_what_was_seen() -> None:
    found = evidence(
        outcome(seconds=0.25, first_token_seconds=0.1),
        outcome(Ending.LOST, 1, attempts=0, seconds=30.0, detail="nothing"),
    )
    report = report_of(scenario(), found, [HELD, MISSED, NOT_ASKED], 1.23456)
    assert (report.scenario, report.requests, report.ran_seconds) == ("tried", 2, 1.235)
    assert report.endings == {"answered": 1, "lost": 1}
    assert (report.answered_by, report.attempts) == ({"primary": 1}, 1)
    assert report.seconds == {"p50": 0.25, "p95": 30.0, "most": 30.0}
    assert report.first_token_seconds["most"] == 0.1
    assert [one.detail for one in report.examples] == ["nothing"]
    assert (report.misses, report.is_good) == ([MISSED], False)


def test_what_is_not_asked_is_no_miss() -> None:
    assert report_of(scenario(), evidence(), [HELD, NOT_ASKED], 1.0).is_good


def test_what_was_not_run_is_no_miss_either() -> None:
    report = report_of_missing(scenario(), ["rescue"])
    assert (report.is_good, report.missing, report.requests) == (True, ["rescue"], 0)
