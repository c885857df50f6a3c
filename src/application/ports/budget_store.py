"""Budgets: where they are kept, and how processes share what is left of them.

Amounts are whole billionths of a dollar, times seconds since 1970.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from turnout.application.ports.unit_of_work import Work
from turnout.domain.governance.budget import Budget
from turnout.domain.shared.ids import BudgetId


@dataclass(frozen=True, slots=True)
class Share:
    """What one process has spent of a window's budget, and what it holds to spend until when."""

    budget: BudgetId
    start: int
    spent: int
    held: int
    until: float


@dataclass(frozen=True, slots=True)
class Loan:
    """A wish to be lent of a budget: at least `least`, gladly `wanted`; until `until`."""

    budget: BudgetId
    start: int
    least: int
    wanted: int
    now: float
    until: float


class BudgetShares(Protocol):
    """What one worker needs. All methods raise what the store raises when it is away."""

    async def budgets(self) -> Sequence[Budget]:
        """Return all budgets."""
        ...

    async def borrow(self, loan: Loan) -> int:
        """Be lent what all others leave over; return all that this process holds now."""
        ...

    async def tell(self, shares: Sequence[Share]) -> None:
        """Store what this process has spent and holds, in the place of what it told before."""
        ...


@dataclass(frozen=True, slots=True)
class BudgetState:
    """How a budget stands in the window from `start` to `end`, all processes together."""

    budget: Budget
    start: int
    end: int
    spent: int
    held: int


class BudgetView(Protocol):
    """Reads budgets for people."""

    async def list(self, now: float) -> list[BudgetState]:
        """Return all, by their names."""
        ...

    async def get(self, id: BudgetId, now: float) -> BudgetState | None:
        """Return one, or None."""
        ...


class Budgets(Protocol):
    """The budgets. A saved one's events are stored with it on commit."""

    async def get(self, id: BudgetId) -> Budget | None: ...

    async def save(self, budget: Budget) -> None: ...

    async def delete(self, budget: Budget) -> None:
        """Delete it, and what has been counted for it."""
        ...


class BudgetWork(Work, Protocol):
    """A transaction on budgets. Leaving without commit undoes everything."""

    @property
    def budgets(self) -> Budgets: ...
