"""Set a budget: make it, or give it new settings."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.ports.budget_store import BudgetWork
from turnout.domain.governance.budget import Budget, BudgetSettings
from turnout.domain.shared.ids import BudgetId


@dataclass(frozen=True, slots=True)
class SetBudget:
    """Have a budget of this name with these settings, whether there is one or not."""

    id: BudgetId
    settings: BudgetSettings


@dataclass(frozen=True, slots=True)
class SetBudgetHandler:
    """Raises DomainError `budget.*`."""

    begin: Callable[[], BudgetWork]

    async def __call__(self, command: SetBudget) -> bool:
        """Store it; tell whether it is new."""
        async with self.begin() as work:
            budget = await work.budgets.get(command.id)
            is_new = budget is None
            if budget is None:
                budget = Budget.set(command.id, command.settings)
            elif not budget.revise(command.settings):
                return False
            await work.budgets.save(budget)
            await work.commit()
        return is_new
