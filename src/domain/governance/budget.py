"""Budget: how much somebody may spend within an hour, a day, a week or a month."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from turnout.domain.governance.budget_events import BudgetRemoved, BudgetRevised, BudgetSet
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.events import Recorder
from turnout.domain.shared.ids import BudgetId

LONGEST_SUBJECT = 120
MOST_DOLLARS = Decimal(1_000_000_000)


class BudgetKind(StrEnum):
    """Whose spending is counted."""

    KEY = "key"
    """One access key, by its id, or a static one by its name."""
    TEAM = "team"
    PROJECT = "project"
    PROVIDER = "provider"
    ROUTE = "route"
    """What requests name as their model."""


class Window(StrEnum):
    """Spans of the calendar in UTC; a week begins on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def around(self, epoch_seconds: float) -> tuple[int, int]:
        """Return the beginning and the end of the span that a moment lies in, in seconds since
        1970."""
        moment = datetime.fromtimestamp(epoch_seconds, UTC)
        start, end = _SPANS[self](moment.replace(minute=0, second=0, microsecond=0))
        return int(start.timestamp()), int(end.timestamp())


class UnknownPrice(StrEnum):
    """What becomes of a model whose price nobody knows."""

    ALLOW = "allow"
    """It may be used, and counts for nothing; the ledger shows it without a cost."""
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class BudgetSettings:
    """All that the operator says. `alerts` are shares of the limit, each told once per window.

    A `hard` budget stops requests that it has no room for; another one only tells.
    """

    kind: BudgetKind
    subject: str
    window: Window
    limit_dollars: Decimal
    hard: bool = True
    alerts: tuple[float, ...] = (0.8,)
    unknown_price: UnknownPrice = UnknownPrice.ALLOW


@dataclass(slots=True, eq=False)
class Budget(Recorder):
    """Aggregate root."""

    id: BudgetId
    settings: BudgetSettings

    @classmethod
    def set(cls, id: BudgetId, settings: BudgetSettings) -> "Budget":
        """Make a budget. Raises DomainError `budget.*`."""
        _check(settings)
        budget = cls(id, settings)
        budget.record(BudgetSet(id, settings.kind, settings.subject))
        return budget

    def revise(self, settings: BudgetSettings) -> tuple[str, ...]:
        """Take new settings whole; return the names of those that changed. Raises DomainError."""
        _check(settings)
        names = (each.name for each in fields(settings))
        changed = tuple(n for n in names if getattr(settings, n) != getattr(self.settings, n))
        if changed:
            self.settings = settings
            self.record(BudgetRevised(self.id, changed))
        return changed

    def remove(self) -> None:
        """End it."""
        self.record(BudgetRemoved(self.id))


def _check(settings: BudgetSettings) -> None:
    if not (settings.subject.strip() and len(settings.subject) <= LONGEST_SUBJECT):
        raise DomainError(
            "budget.subject",
            f"subject: found {settings.subject[:LONGEST_SUBJECT]!r}, expected 1 to "
            f"{LONGEST_SUBJECT} characters",
        )
    if not 0 < settings.limit_dollars <= MOST_DOLLARS:
        raise DomainError(
            "budget.limit",
            f"limit: found {settings.limit_dollars}, expected more than 0 and at most "
            f"{MOST_DOLLARS} dollars",
        )
    for share in settings.alerts:
        if not 0 < share <= 1:
            raise DomainError(
                "budget.alerts",
                f"alerts: found {share:g}, expected shares of the limit: above 0 and at most 1",
            )


def _day(hour: datetime) -> tuple[datetime, datetime]:
    start = hour.replace(hour=0)
    return start, start + timedelta(days=1)


def _week(hour: datetime) -> tuple[datetime, datetime]:
    start = hour.replace(hour=0) - timedelta(days=hour.weekday())
    return start, start + timedelta(days=7)


def _month(hour: datetime) -> tuple[datetime, datetime]:
    start = hour.replace(day=1, hour=0)
    return start, (start + timedelta(days=32)).replace(day=1)


_SPANS: dict[Window, Callable[[datetime], tuple[datetime, datetime]]] = {
    Window.HOUR: lambda hour: (hour, hour + timedelta(hours=1)),
    Window.DAY: _day,
    Window.WEEK: _week,
    Window.MONTH: _month,
}
