"""Notices in words."""

from turnout.domain.alerting.alert import Alert, AlertState
from turnout.domain.alerting.book import Notice, NoticeKind
from turnout.domain.alerting.rule import RuleName, Severity
from turnout.infrastructure.alerting.wording import text_of, title_of


def alert(state: AlertState = AlertState.FIRING, rule: RuleName = RuleName.LATENCY) -> Alert:
    return Alert(
        rule=rule,
        subject="a/m",
        group="a",
        severity=Severity.PAGE,
        summary="a/m is slow",
        state=state,
        since=0.0,
        seen_at=50.0,
        fired_at=30.0,
        resolved_at=60.0 if state is AlertState.RESOLVED else None,
    )


def notice(kind: NoticeKind, *alerts: Alert) -> Notice:
    return Notice(kind, "a", Severity.PAGE, 60.0, alerts)


def test_a_title_names_each_rule_once() -> None:
    alerts = alert(), alert(), alert(rule=RuleName.CIRCUIT_OPEN)
    assert title_of(notice(NoticeKind.FIRING, *alerts)) == "[FIRING] page: a: latency, circuit open"
    assert title_of(notice(NoticeKind.REMINDER, alert())) == "[STILL FIRING] page: a: latency"


def test_a_text_has_a_line_for_each_alert() -> None:
    text = text_of(notice(NoticeKind.FIRING, alert(), alert()))
    assert text.splitlines() == ["- a/m is slow (since 1970-01-01 00:00:00 UTC)"] * 2


def test_an_end_is_told_with_its_time() -> None:
    over = notice(NoticeKind.RESOLVED, alert(AlertState.RESOLVED))
    assert title_of(over) == "[RESOLVED] page: a: latency"
    assert text_of(over) == "- latency a/m: over at 1970-01-01 00:01:00 UTC"


def test_a_test_says_that_it_is_one() -> None:
    assert title_of(notice(NoticeKind.TEST)).startswith("[TEST]")
    assert "nothing is the matter" in text_of(notice(NoticeKind.TEST))
