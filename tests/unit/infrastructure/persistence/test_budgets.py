"""Budgets on real databases: changed, read, and told of."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from tests.fakes.system import FrozenClock

from turnout.application.commands.remove_budget import RemoveBudget, RemoveBudgetHandler
from turnout.application.commands.set_budget import SetBudget, SetBudgetHandler
from turnout.domain.governance.budget import BudgetKind, BudgetSettings, UnknownPrice, Window
from turnout.domain.shared.ids import BudgetId
from turnout.infrastructure.persistence.budgets import SqlBudgetView, SqlBudgetWork
from turnout.infrastructure.persistence.tables import StoredEvent

ID = BudgetId("ads")
SETTINGS = BudgetSettings(
    BudgetKind.TEAM, "ads", Window.DAY, Decimal("25.5"), False, (0.5, 0.9), UnknownPrice.REFUSE
)
CLOCK = FrozenClock()


@pytest.fixture
def set_budget(engine: AsyncEngine) -> SetBudgetHandler:
    return SetBudgetHandler(lambda: SqlBudgetWork(engine, CLOCK))


async def test_a_budget_comes_back_as_it_was_set(
    engine: AsyncEngine, set_budget: SetBudgetHandler
) -> None:
    view = SqlBudgetView(engine)
    assert await set_budget(SetBudget(ID, SETTINGS))
    state = await view.get(ID, CLOCK.epoch)
    assert state is not None
    assert state.budget.settings == SETTINGS
    assert (state.spent, state.held) == (0, 0)
    weekly = replace(SETTINGS, window=Window.WEEK)
    assert not await set_budget(SetBudget(ID, weekly))
    (state,) = await view.list(CLOCK.epoch)
    assert state.budget.settings == weekly
    await RemoveBudgetHandler(lambda: SqlBudgetWork(engine, CLOCK))(RemoveBudget(ID))
    assert await view.list(CLOCK.epoch) == []
    async with AsyncSession(engine) as session:
        names = await session.scalars(select(StoredEvent.name).order_by(StoredEvent.id))
        assert list(names) == ["BudgetSet", "BudgetRevised", "BudgetRemoved"]
