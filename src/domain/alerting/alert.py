"""One alert, from the first time that something is found until it has been gone for a while."""

from dataclasses import dataclass, replace
from enum import StrEnum

from turnout.domain.alerting.rule import Rule, RuleName, Severity


class AlertState(StrEnum):
    """Where an alert stands."""

    PENDING = "pending"
    """Found, but not for long enough."""
    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule finds to be so now.

    `subject` is `provider`, `provider/model` or another name of what it is about; findings of one
    `group` are told together.
    """

    rule: RuleName
    subject: str
    group: str
    summary: str

    @property
    def fingerprint(self) -> str:
        """The same for the same thing, whenever it is found: alerts are told apart by it."""
        return f"{self.rule}:{self.subject}"


@dataclass(frozen=True, slots=True)
class Alert:
    """Times are seconds since 1970. `told_at` is when somebody was told last that it fires.

    `seen_at` is when it was found last.
    """

    rule: RuleName
    subject: str
    group: str
    severity: Severity
    summary: str
    state: AlertState
    since: float
    seen_at: float
    fired_at: float | None = None
    told_at: float | None = None
    resolved_at: float | None = None

    @property
    def fingerprint(self) -> str:
        """That of its findings."""
        return f"{self.rule}:{self.subject}"


def found(before: Alert | None, finding: Finding, rule: Rule, now: float) -> Alert:
    """Return the alert of what is found now, given the one of the same fingerprint if any."""
    if before is None or before.state is AlertState.RESOLVED:
        before = Alert(
            rule=finding.rule,
            subject=finding.subject,
            group=finding.group,
            severity=rule.severity,
            summary=finding.summary,
            state=AlertState.PENDING,
            since=now,
            seen_at=now,
        )
    alert = replace(before, seen_at=now, summary=finding.summary, severity=rule.severity)
    if alert.state is AlertState.PENDING and now - alert.since >= rule.for_seconds:
        return replace(alert, state=AlertState.FIRING, fired_at=now)
    return alert


def missed(before: Alert, rule: Rule | None, now: float) -> Alert | None:
    """Return what becomes of an alert that is not found now; without a rule it ends at once."""
    if before.state is AlertState.PENDING:
        return None
    keep_seconds = 0.0 if rule is None else rule.keep_seconds
    if before.state is AlertState.FIRING and now - before.seen_at >= keep_seconds:
        return replace(before, state=AlertState.RESOLVED, resolved_at=now)
    return before
