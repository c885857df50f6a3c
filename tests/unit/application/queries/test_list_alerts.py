from dataclasses import replace

from tests.fakes.alerting import FakeAlertStore
from tests.fakes.system import FrozenClock

from turnout.application.queries.list_alerts import ListAlerts
from turnout.domain.alerting.alert import Alert, AlertState
from turnout.domain.alerting.rule import RuleName, Severity
from turnout.domain.alerting.silence import Silence

CLOCK = FrozenClock()
NOW = CLOCK.epoch_seconds()
OLD = Alert(
    rule=RuleName.LATENCY,
    subject="a/old",
    group="a",
    severity=Severity.WARNING,
    summary="slow",
    state=AlertState.FIRING,
    since=NOW - 90,
    seen_at=NOW,
    fired_at=NOW - 60,
)
NEW = replace(OLD, subject="a/new", fired_at=NOW - 10)
PAGE = replace(OLD, subject="a/page", severity=Severity.PAGE)
PENDING = replace(PAGE, subject="a/pending", state=AlertState.PENDING, fired_at=None)
OVER = replace(PAGE, subject="b/over", state=AlertState.RESOLVED, resolved_at=NOW)


async def test_the_most_urgent_come_first_and_tell_whether_they_are_silenced() -> None:
    alerts = {each.fingerprint: each for each in (OVER, PENDING, OLD, NEW, PAGE)}
    silences = {
        id: Silence(id, None, subject, NOW + seconds, "ada")
        for id, subject, seconds in (("1", "a/new", 5.0), ("2", "a", 9.0), ("3", "a/page", -1.0))
    }
    store = FakeAlertStore(kept=alerts, quiet=silences)
    rows = await ListAlerts(store, store, CLOCK)()
    assert [row.subject for row in rows] == ["a/page", "a/new", "a/old", "a/pending", "b/over"]
    assert [row.silenced_until for row in rows] == [NOW + 9.0] * 4 + [None]
