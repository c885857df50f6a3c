from dataclasses import replace
from decimal import Decimal

from tests.fakes.budgets import FakeBudgets

from turnout.application.commands.set_budget import SetBudget, SetBudgetHandler
from turnout.domain.governance.budget import BudgetKind, BudgetSettings, Window
from turnout.domain.shared.ids import BudgetId

ID = BudgetId("ads")
SETTINGS = BudgetSettings(BudgetKind.TEAM, "ads", Window.DAY, Decimal(25))


async def test_a_budget_is_made_then_changed_then_left_alone() -> None:
    store = FakeBudgets()
    handle = SetBudgetHandler(store.begin)
    assert await handle(SetBudget(ID, SETTINGS))
    soft = replace(SETTINGS, hard=False)
    assert not await handle(SetBudget(ID, soft))
    assert not await handle(SetBudget(ID, soft))
    assert store.stored == {ID: soft}
    assert [type(event).__name__ for event in store.happened] == ["BudgetSet", "BudgetRevised"]
