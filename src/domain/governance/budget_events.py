"""What happens to budgets. Spent is told in billionths of a dollar."""

from dataclasses import dataclass

from turnout.domain.shared.events import DomainEvent
from turnout.domain.shared.ids import BudgetId


@dataclass(frozen=True, slots=True)
class BudgetSet(DomainEvent):
    """Spending is counted from now on; of whom, the kind and the name tell."""

    budget: BudgetId
    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class BudgetRevised(DomainEvent):
    """A budget's settings have changed; `changed` names them."""

    budget: BudgetId
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BudgetRemoved(DomainEvent):
    """Nobody counts any more."""

    budget: BudgetId


@dataclass(frozen=True, slots=True)
class BudgetThresholdCrossed(DomainEvent):
    """So much of the limit is spent in the window that began at `start`."""

    budget: BudgetId
    start: int
    share: float
    spent_nanos: int


@dataclass(frozen=True, slots=True)
class BudgetExhausted(DomainEvent):
    """All of the limit is spent in the window that began at `start`."""

    budget: BudgetId
    start: int
    spent_nanos: int
