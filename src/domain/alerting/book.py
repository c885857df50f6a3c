"""AlertBook: all alerts at once, how they go on, and what somebody is to be told of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from turnout.domain.alerting.alert import Alert, AlertState, Finding, found, missed
from turnout.domain.alerting.rule import AlertRules, RuleName, Severity
from turnout.domain.alerting.silence import Silence

RESOLVED_KEPT_SECONDS = 86_400.0
"""How long an alert that is over is shown."""


class NoticeKind(StrEnum):
    """What somebody is told."""

    FIRING = "firing"
    REMINDER = "reminder"
    RESOLVED = "resolved"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Notice:
    """Alerts of one group and severity that somebody is to be told of together, as of `at`."""

    kind: NoticeKind
    group: str
    severity: Severity
    at: float
    alerts: tuple[Alert, ...]


@dataclass(slots=True)
class AlertBook:
    """The alerts that there are, by fingerprint. Nothing here knows the time but by `now`."""

    alerts: dict[str, Alert] = field(default_factory=dict)

    def advance(
        self,
        findings: Iterable[Finding],
        looked: Collection[RuleName],
        rules: AlertRules,
        silences: Collection[Silence],
        now: float,
    ) -> list[Notice]:
        """Go on to `now`, and return what is to be told.

        `looked` are the rules that could be looked at: what could not be is left as it is. Who was
        told of an alert is told of its end too, even if it has been silenced since.
        """
        self._step({each.fingerprint: each for each in findings}, looked, rules, now)
        return [
            *self._tell(NoticeKind.RESOLVED, self._ended(now), now),
            *self._tell(NoticeKind.FIRING, self._begun(rules, silences, now), now),
            *self._tell(NoticeKind.REMINDER, self._lasting(rules, silences, now), now),
        ]

    def _step(
        self,
        findings: Mapping[str, Finding],
        looked: Collection[RuleName],
        rules: AlertRules,
        now: float,
    ) -> None:
        for key in (*self.alerts, *(key for key in findings if key not in self.alerts)):
            after = _after(self.alerts.get(key), findings.get(key), looked, rules, now)
            if after is None:
                self.alerts.pop(key, None)
            else:
                self.alerts[key] = after

    def _ended(self, now: float) -> Iterator[Alert]:
        """Those that have just been resolved, and that somebody was told of."""
        return (
            alert
            for alert in self.alerts.values()
            if alert.resolved_at == now and alert.told_at is not None
        )

    def _begun(
        self, rules: AlertRules, silences: Collection[Silence], now: float
    ) -> Iterator[Alert]:
        """Those that nobody was told of, in groups that have waited for long enough."""
        fresh = [alert for alert in self._loud(silences, now) if alert.told_at is None]
        oldest: dict[tuple[str, Severity], float] = {}
        for alert in fresh:
            key = alert.group, alert.severity
            fired_at = now if alert.fired_at is None else alert.fired_at
            oldest[key] = min(oldest.get(key, fired_at), fired_at)
        return (
            alert
            for alert in fresh
            if now - oldest[alert.group, alert.severity] >= rules.group_seconds
        )

    def _lasting(
        self, rules: AlertRules, silences: Collection[Silence], now: float
    ) -> Iterator[Alert]:
        return (
            alert
            for alert in self._loud(silences, now)
            if alert.told_at is not None and now - alert.told_at >= rules.reminder_seconds
        )

    def _loud(self, silences: Collection[Silence], now: float) -> list[Alert]:
        return [
            alert
            for alert in self.alerts.values()
            if alert.state is AlertState.FIRING
            and not any(silence.covers(alert, now) for silence in silences)
        ]

    def _tell(self, kind: NoticeKind, alerts: Iterable[Alert], now: float) -> list[Notice]:
        groups: dict[tuple[str, Severity], list[Alert]] = {}
        for alert in list(alerts):
            if kind is not NoticeKind.RESOLVED:
                alert = self.alerts[alert.fingerprint] = replace(alert, told_at=now)
            groups.setdefault((alert.group, alert.severity), []).append(alert)
        return [Notice(kind, *key, now, tuple(told)) for key, told in groups.items()]


def _after(
    before: Alert | None,
    finding: Finding | None,
    looked: Collection[RuleName],
    rules: AlertRules,
    now: float,
) -> Alert | None:
    """Return what becomes of one alert, or None if nothing is left of it."""
    about = before or finding
    assert about is not None
    rule = rules.watched(about.rule)
    if finding is not None and rule is not None:
        return found(before, finding, rule, now)
    if before is None:
        return None
    if before.state is AlertState.RESOLVED:
        is_old = now - before.seen_at >= RESOLVED_KEPT_SECONDS
        return None if is_old else before
    if rule is not None and about.rule not in looked:
        return before
    return missed(before, rule, now)
