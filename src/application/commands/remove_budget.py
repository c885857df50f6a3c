"""Remove a budget, and what has been counted for it."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.ports.budget_store import BudgetWork
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import BudgetId


@dataclass(frozen=True, slots=True)
class RemoveBudget:
    """Have no budget of this name."""

    id: BudgetId


@dataclass(frozen=True, slots=True)
class RemoveBudgetHandler:
    """Raises DomainError `budget.unknown`."""

    begin: Callable[[], BudgetWork]

    async def __call__(self, command: RemoveBudget) -> None:
        """Delete it."""
        async with self.begin() as work:
            budget = await work.budgets.get(command.id)
            if budget is None:
                raise DomainError("budget.unknown", f"no budget {command.id!r}")
            budget.remove()
            await work.budgets.delete(budget)
            await work.commit()
