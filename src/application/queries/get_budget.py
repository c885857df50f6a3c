"""How one budget stands."""

from dataclasses import dataclass

from turnout.application.ports.budget_store import BudgetState, BudgetView
from turnout.application.ports.system import Clock
from turnout.domain.shared.errors import unknown
from turnout.domain.shared.ids import BudgetId


@dataclass(frozen=True, slots=True)
class GetBudget:
    """Raises DomainError `budget.unknown`, with names that look alike."""

    view: BudgetView
    clock: Clock

    async def __call__(self, id: BudgetId) -> BudgetState:
        """Return it."""
        now = self.clock.epoch_seconds()
        state = await self.view.get(id, now)
        if state is None:
            known = [each.budget.id for each in await self.view.list(now)]
            raise unknown("budget", id, known)
        return state
