from decimal import Decimal

import pytest
from tests.fakes.budgets import FakeBudgets
from tests.fakes.system import FrozenClock

from turnout.application.queries.get_budget import GetBudget
from turnout.domain.governance.budget import BudgetKind, BudgetSettings, Window
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import BudgetId


async def test_an_unknown_name_tells_of_those_like_it() -> None:
    settings = BudgetSettings(BudgetKind.TEAM, "ads", Window.DAY, Decimal(25))
    get = GetBudget(FakeBudgets({BudgetId("ads-team"): settings}), FrozenClock())
    assert (await get(BudgetId("ads-team"))).budget.settings == settings
    with pytest.raises(DomainError, match="did you mean 'ads-team'"):
        await get(BudgetId("ads-tam"))
