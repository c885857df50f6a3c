"""SqlAlertStore: alerts, silences and the outbox in the store, over a StoreLink."""

from collections.abc import Collection, Sequence

import msgspec

from turnout.application.ports.alerting import Delivery, Outgoing
from turnout.domain.alerting.alert import Alert, AlertState
from turnout.domain.alerting.book import Notice
from turnout.domain.alerting.rule import RuleName, Severity
from turnout.domain.alerting.silence import Silence
from turnout.infrastructure.persistence.store_link import Row, Statement, StoreLink, Value

NOTICES_KEPT_SECONDS = 7 * 86_400.0
"""How long a notice is kept once nothing more will be done about it."""
LONGEST_PROBLEM = 500

_COLUMNS = (
    "rule, subject, group_name, severity, summary, state, since, seen_at, fired_at, told_at, "
    "resolved_at"
)
_ALERTS = f"SELECT {_COLUMNS} FROM alert"
_PUT = f"""
INSERT INTO alert (fingerprint, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (fingerprint) DO UPDATE SET
    severity = excluded.severity, summary = excluded.summary, state = excluded.state,
    group_name = excluded.group_name, since = excluded.since, seen_at = excluded.seen_at,
    fired_at = excluded.fired_at, told_at = excluded.told_at, resolved_at = excluded.resolved_at
"""
_DROP = "DELETE FROM alert WHERE fingerprint = ?"
_NOTICE = """
INSERT INTO alert_notice (id, channel, kind, at, content, due_at, tries, delivered_at, problem)
VALUES (?, ?, ?, ?, ?, ?, 0, 0, '') ON CONFLICT (id) DO NOTHING
"""
_FORGET = "DELETE FROM alert_notice WHERE due_at = 0 AND at < ?"
_DUE = """
SELECT id, channel, content, tries FROM alert_notice WHERE due_at > 0 AND due_at <= ? ORDER BY at
"""
_DELIVERED = """
UPDATE alert_notice SET due_at = 0, delivered_at = ?, tries = ?, problem = '' WHERE id = ?
"""
_POSTPONE = "UPDATE alert_notice SET due_at = ?, tries = ?, problem = ? WHERE id = ?"
_LATEST = """
SELECT id, channel, kind, at, tries, delivered_at, due_at, problem
FROM alert_notice ORDER BY at DESC, id LIMIT ?
"""
_SILENCES = """
SELECT id, rule, subject, until, by_name, reason FROM alert_silence WHERE until > ? ORDER BY until
"""
_SILENCE = """
INSERT INTO alert_silence (id, rule, subject, until, by_name, reason) VALUES (?, ?, ?, ?, ?, ?)
"""
_END = "DELETE FROM alert_silence WHERE id = ?"


class SqlAlertStore:
    """An AlertStore, a SilenceStore and an Outbox."""

    def __init__(self, link: StoreLink) -> None:
        self._link = link

    async def alerts(self) -> dict[str, Alert]:
        """See AlertStore."""
        alerts = [_alert(row) for row in await self._link.rows(_ALERTS)]
        return {alert.fingerprint: alert for alert in alerts}

    async def keep(
        self, alerts: Sequence[Alert], gone: Collection[str], outgoing: Sequence[Outgoing]
    ) -> None:
        """See AlertStore. What was done with long ago is forgotten along the way."""
        latest = max((each.notice.at for each in outgoing), default=0.0)
        await self._link.write(
            Statement(_PUT, [_alert_row(alert) for alert in alerts]),
            Statement(_DROP, [(fingerprint,) for fingerprint in gone]),
            Statement(_NOTICE, [_notice_row(each) for each in outgoing]),
            Statement(_FORGET, [(latest - NOTICES_KEPT_SECONDS,)]),
        )

    async def silences(self, now: float) -> list[Silence]:
        """See SilenceStore."""
        return [
            Silence(id, RuleName(rule) if rule else None, subject or None, until, by, reason)
            for id, rule, subject, until, by, reason in await self._link.rows(_SILENCES, now)
        ]

    async def add(self, silence: Silence) -> None:
        """See SilenceStore."""
        about = silence.rule.value if silence.rule else "", silence.subject or ""
        row = silence.id, *about, silence.until, silence.by, silence.reason
        await self._link.write(Statement(_SILENCE, [row]))

    async def end(self, id: str) -> None:
        """See SilenceStore."""
        await self._link.write(Statement(_END, [(id,)]))

    async def due(self, now: float) -> list[Outgoing]:
        """See Outbox."""
        return [
            Outgoing(id, channel, msgspec.json.decode(content, type=Notice), tries)
            for id, channel, content, tries in await self._link.rows(_DUE, now)
        ]

    async def delivered(self, outgoing: Outgoing, now: float) -> None:
        """See Outbox."""
        row = now, outgoing.tries + 1, outgoing.id
        await self._link.write(Statement(_DELIVERED, [row]))

    async def postpone(self, outgoing: Outgoing, until: float | None, problem: str) -> None:
        """See Outbox."""
        row = until or 0.0, outgoing.tries + 1, problem[:LONGEST_PROBLEM], outgoing.id
        await self._link.write(Statement(_POSTPONE, [row]))

    async def latest(self, limit: int) -> list[Delivery]:
        """See Outbox."""
        return [
            Delivery(
                id, channel, kind, at, tries, delivered_at or None, not (due or delivered_at), why
            )
            for id, channel, kind, at, tries, delivered_at, due, why in await self._link.rows(
                _LATEST, limit
            )
        ]


def _alert_row(alert: Alert) -> tuple[Value, ...]:
    about = alert.fingerprint, alert.rule.value, alert.subject, alert.group
    words = alert.severity.value, alert.summary, alert.state.value
    times = alert.fired_at or 0.0, alert.told_at or 0.0, alert.resolved_at or 0.0
    return *about, *words, alert.since, alert.seen_at, *times


def _alert(row: Row) -> Alert:
    rule, subject, group, severity, summary, state, since, seen_at, *times = row
    fired_at, told_at, resolved_at = (time or None for time in times)
    return Alert(
        rule=RuleName(rule),
        subject=subject,
        group=group,
        severity=Severity(severity),
        summary=summary,
        state=AlertState(state),
        since=since,
        seen_at=seen_at,
        fired_at=fired_at,
        told_at=told_at,
        resolved_at=resolved_at,
    )


def _notice_row(outgoing: Outgoing) -> tuple[Value, ...]:
    notice = outgoing.notice
    content = msgspec.json.encode(notice).decode()
    return outgoing.id, outgoing.channel, notice.kind.value, notice.at, content, notice.at
