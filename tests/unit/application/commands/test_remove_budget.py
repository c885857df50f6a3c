from decimal import Decimal

import pytest
from tests.fakes.budgets import FakeBudgets

from turnout.application.commands.remove_budget import RemoveBudget, RemoveBudgetHandler
from turnout.domain.governance.budget import BudgetKind, BudgetSettings, Window
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import BudgetId

ID = BudgetId("ads")


async def test_a_budget_is_removed_once() -> None:
    store = FakeBudgets({ID: BudgetSettings(BudgetKind.TEAM, "ads", Window.DAY, Decimal(25))})
    handle = RemoveBudgetHandler(store.begin)
    await handle(RemoveBudget(ID))
    assert store.stored == {}
    with pytest.raises(DomainError, match="no budget 'ads'"):
        await handle(RemoveBudget(ID))
