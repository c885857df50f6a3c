"""A notice in words: a title, and a line for each alert."""

from datetime import UTC, datetime

from turnout.domain.alerting.alert import Alert, AlertState
from turnout.domain.alerting.book import Notice, NoticeKind

_TITLES = {
    NoticeKind.FIRING: "FIRING",
    NoticeKind.REMINDER: "STILL FIRING",
    NoticeKind.RESOLVED: "RESOLVED",
}


def title_of(notice: Notice) -> str:
    """Return one line that says what is the matter."""
    if notice.kind is NoticeKind.TEST:
        return "[TEST] Turnout: this channel works"
    rules = ", ".join(dict.fromkeys(alert.rule.replace("_", " ") for alert in notice.alerts))
    return f"[{_TITLES[notice.kind]}] {notice.severity}: {notice.group}: {rules}"


def text_of(notice: Notice) -> str:
    """Return what is found, and since when."""
    if notice.kind is NoticeKind.TEST:
        return "A test notice: nothing is the matter."
    return "\n".join(_line(alert) for alert in notice.alerts)


def _line(alert: Alert) -> str:
    if alert.state is AlertState.RESOLVED:
        return f"- {alert.rule} {alert.subject}: over at {_time(alert.resolved_at)}"
    return f"- {alert.summary} (since {_time(alert.since)})"


def _time(seconds: float | None) -> str:
    return f"{datetime.fromtimestamp(seconds or 0.0, UTC):%Y-%m-%d %H:%M:%S} UTC"
