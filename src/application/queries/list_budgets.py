"""How all budgets stand."""

from dataclasses import dataclass

from turnout.application.ports.budget_store import BudgetState, BudgetView
from turnout.application.ports.system import Clock


@dataclass(frozen=True, slots=True)
class ListBudgets:
    """All of them, by name."""

    view: BudgetView
    clock: Clock

    async def __call__(self) -> list[BudgetState]:
        """Return them."""
        return await self.view.list(self.clock.epoch_seconds())
