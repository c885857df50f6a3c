"""Show alerts, the most urgent first, and which of them are silenced."""

from dataclasses import dataclass

from turnout.application.ports.alerting import AlertStore, SilenceStore
from turnout.application.ports.system import Clock
from turnout.domain.alerting.alert import Alert, AlertState
from turnout.domain.alerting.rule import RuleName, Severity

_ORDER = (AlertState.FIRING, AlertState.PENDING, AlertState.RESOLVED)


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert; times are seconds since 1970. `silenced_until` is None where nothing covers it."""

    fingerprint: str
    rule: RuleName
    subject: str
    severity: Severity
    state: AlertState
    summary: str
    since: float
    fired_at: float | None
    told_at: float | None
    resolved_at: float | None
    silenced_until: float | None


@dataclass(frozen=True, slots=True)
class ListAlerts:
    """Reads the store, whichever process looks for alerts."""

    store: AlertStore
    silences: SilenceStore
    clock: Clock

    async def __call__(self) -> list[AlertRow]:
        """Return all: firing ones first, then pending ones, then what was resolved lately."""
        now = self.clock.epoch_seconds()
        silences = await self.silences.silences(now)
        alerts = sorted((await self.store.alerts()).values(), key=_urgency)
        return [
            _row(alert, [each.until for each in silences if each.covers(alert, now)])
            for alert in alerts
        ]


def _urgency(alert: Alert) -> tuple[int, bool, float]:
    is_page = alert.severity is Severity.PAGE
    return _ORDER.index(alert.state), not is_page, -(alert.fired_at or alert.since)


def _row(alert: Alert, covered_until: list[float]) -> AlertRow:
    return AlertRow(
        fingerprint=alert.fingerprint,
        rule=alert.rule,
        subject=alert.subject,
        severity=alert.severity,
        state=alert.state,
        summary=alert.summary,
        since=alert.since,
        fired_at=alert.fired_at,
        told_at=alert.told_at,
        resolved_at=alert.resolved_at,
        silenced_until=max(covered_until, default=None),
    )
