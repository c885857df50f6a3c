from decimal import Decimal

from tests.fakes.budgets import FakeBudgets
from tests.fakes.system import FrozenClock

from turnout.application.queries.list_budgets import ListBudgets
from turnout.domain.governance.budget import BudgetKind, BudgetSettings, Window
from turnout.domain.shared.ids import BudgetId


async def test_all_are_listed_by_name() -> None:
    settings = BudgetSettings(BudgetKind.TEAM, "ads", Window.DAY, Decimal(25))
    store = FakeBudgets({BudgetId(name): settings for name in ("b", "a")})
    states = await ListBudgets(store, FrozenClock())()
    assert [state.budget.id for state in states] == ["a", "b"]
