import json
from dataclasses import replace

import pytest
from tests.support.cli import NOW, NotedActions

from turnout.application.queries.list_alerts import AlertRow
from turnout.domain.alerting.alert import AlertState
from turnout.domain.alerting.rule import RuleName, Severity
from turnout.interfaces.cli.actions import ControlPlane
from turnout.interfaces.cli.alert_actions import SilenceWish
from turnout.interfaces.cli.alerts import moment

FIRING = AlertRow(
    fingerprint="latency:a/m",
    rule=RuleName.LATENCY,
    subject="a/m",
    severity=Severity.PAGE,
    state=AlertState.FIRING,
    summary="a/m is slow",
    since=NOW,
    fired_at=NOW,
    told_at=None,
    resolved_at=None,
    silenced_until=None,
)
HERE = ControlPlane("http://127.0.0.1:8081")


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], 0),
        ([FIRING], 1),
        ([replace(FIRING, silenced_until=NOW + 60)], 0),
        ([replace(FIRING, state=AlertState.PENDING)], 0),
    ],
)
def test_a_list_ends_with_one_if_somebody_is_called(rows: list[AlertRow], code: int) -> None:
    ran = NotedActions(alerts=rows).run("alerts", "list")
    assert ran.code == code
    assert ("a/m is slow" if rows else "nothing is the matter") in ran.output


def test_everything_is_json_for_programs() -> None:
    noted = NotedActions(alerts=[FIRING])
    told = [
        json.loads(noted.run("alerts", name, "--json").output)
        for name in ("list", "rules", "silences")
    ]
    assert [each[0].get("rule", each[0].get("name")) for each in told] == ["latency"] * 3


def test_rules_and_silences_are_tables() -> None:
    noted = NotedActions()
    assert "latency" in noted.run("alerts", "rules").output
    assert "sil_1" in noted.run("alerts", "silences").output


def test_a_silence_says_of_what_and_for_how_long() -> None:
    noted = NotedActions()
    ran = noted.run(
        "alerts", "silence", "--rule", "latency", "--about", "a", "--for", "2h", "--reason", "known"
    )
    assert noted.asked == [("silence", HERE, SilenceWish("latency", "a", 7200.0, "known"))]
    assert ran.output == f"sil_1: silent until {moment(NOW + 3600)} UTC\n"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "expected --rule, --about or both"),
        (["--about", "a", "--for", "soon"], "--for: found 'soon', expected a time span"),
    ],
)
def test_a_silence_that_cannot_be_is_refused(options: list[str], told: str) -> None:
    ran = NotedActions().run("alerts", "silence", *options)
    assert ran.code == 2
    assert told in ran.errors


def test_a_silence_is_ended_and_a_channel_tried() -> None:
    noted = NotedActions()
    assert noted.run("alerts", "unsilence", "sil_1").output == "sil_1 has ended\n"
    assert noted.run("alerts", "test", "hook").output == "hook took the test notice\n"
    assert noted.asked == [("end silence", HERE, "sil_1"), ("try channel", HERE, "hook")]


def test_a_moment_has_its_day() -> None:
    assert moment(NOW) == "2023-11-14 22:13:20"
    assert moment(None) == "-"
