"""What the commands on budgets do, as callables that bootstrap gives."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from turnout.domain.governance.budget import BudgetSettings
from turnout.interfaces.cli.where import ControlPlane


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A budget, and how it stands in the present window."""

    name: str
    kind: str
    subject: str
    window: str
    limit_dollars: Decimal
    hard: bool
    alerts: tuple[float, ...]
    unknown_price: str
    spent_dollars: Decimal
    reserved_dollars: Decimal
    starts_at: datetime
    resets_at: datetime


@dataclass(frozen=True, slots=True)
class BudgetActions:
    """Each takes a running gateway first, and raises NoAnswer where it does not answer or refuses.

    `set` takes a name and settings, `remove` a name.
    """

    list: Callable[[ControlPlane], list[BudgetRow]]
    set: Callable[[ControlPlane, str, BudgetSettings], BudgetRow]
    remove: Callable[[ControlPlane, str], None]
