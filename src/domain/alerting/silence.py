"""Silence: for a while nobody is told of alerts that somebody knows about."""

from dataclasses import dataclass

from turnout.domain.alerting.alert import Alert
from turnout.domain.alerting.rule import RuleName
from turnout.domain.shared.errors import DomainError

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Silence:
    """Of one rule, one subject or both; of a provider, its models too. `until` is since 1970.

    Raises DomainError `silence.empty` where it would silence everything, `silence.reason`.
    """

    id: str
    rule: RuleName | None
    subject: str | None
    until: float
    by: str
    reason: str = ""

    def __post_init__(self) -> None:
        if self.rule is None and self.subject is None:
            raise DomainError("silence.empty", "a silence: expected a rule, a subject, or both")
        if len(self.reason) > LONGEST_REASON:
            raise DomainError(
                "silence.reason", f"a silence's reason: expected {LONGEST_REASON} characters"
            )

    def covers(self, alert: Alert, now: float) -> bool:
        """Tell whether nobody is to be told of `alert` now."""
        return (
            now < self.until
            and self.rule in (None, alert.rule)
            and (self.subject is None or _within(alert.subject, self.subject))
        )


def _within(subject: str, wider: str) -> bool:
    return subject == wider or subject.startswith((f"{wider}/", f"{wider}#"))
