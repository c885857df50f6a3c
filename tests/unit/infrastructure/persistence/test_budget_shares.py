"""Shares on real databases: each cent is lent once."""

import asyncio
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.fakes.system import FrozenClock

from turnout.application.commands.set_budget import SetBudget, SetBudgetHandler
from turnout.application.ports.budget_store import Loan, Share
from turnout.domain.governance.budget import BudgetKind, BudgetSettings, Window
from turnout.domain.shared.ids import BudgetId
from turnout.infrastructure.persistence.budget_notices import SqlBudgetNotices
from turnout.infrastructure.persistence.budget_shares import LinkedShares
from turnout.infrastructure.persistence.budgets import SqlBudgetView, SqlBudgetWork
from turnout.infrastructure.persistence.store_link import store_link

ID = BudgetId("ads")
CLOCK = FrozenClock()
NOW = CLOCK.epoch
START = Window.DAY.around(NOW)[0]
SETTINGS = BudgetSettings(BudgetKind.TEAM, "ads", Window.DAY, Decimal("0.000001"), alerts=(0.5,))
"""A thousand billionths."""


@pytest.fixture
async def stored(engine: AsyncEngine) -> AsyncEngine:
    await SetBudgetHandler(lambda: SqlBudgetWork(engine, CLOCK))(SetBudget(ID, SETTINGS))
    return engine


def loan(least: int, wanted: int = 0, now: float = NOW) -> Loan:
    return Loan(ID, START, least, max(least, wanted), now, now + 60.0)


async def opened(shares: LinkedShares) -> LinkedShares:
    await shares.tell([Share(ID, START, 0, 0, NOW + 60.0)])
    return shares


async def test_many_at_once_are_lent_no_more_than_there_is(
    stored: AsyncEngine, database_url: str
) -> None:
    links = [store_link(database_url) for _ in range(8)]
    try:
        many = [await opened(LinkedShares(link)) for link in links]
        held = await asyncio.gather(*(shares.borrow(loan(300)) for shares in many))
        assert sorted(held) == [0] * 5 + [300] * 3
        state = await SqlBudgetView(stored).get(ID, NOW)
        assert state is not None
        assert state.held == 900
    finally:
        for link in links:
            await link.close()


async def test_a_loan_is_an_eighth_of_the_rest_or_what_is_needed(
    stored: AsyncEngine, database_url: str
) -> None:
    link = store_link(database_url)
    try:
        shares = await opened(LinkedShares(link))
        assert await shares.borrow(loan(10, 10_000)) == 125
        assert await shares.borrow(loan(10, 20)) == 145
        assert await shares.borrow(loan(855)) == 1000
        assert await shares.borrow(loan(1)) == 1000
        other = await opened(LinkedShares(link))
        assert await other.borrow(loan(1)) == 0
        assert await other.borrow(loan(1, now=NOW + 61.0)) == 1
        assert [budget.settings for budget in await shares.budgets()] == [SETTINGS]
    finally:
        await link.close()


async def test_what_is_spent_is_told_of_once(
    stored: AsyncEngine, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    link = store_link(database_url)
    try:
        shares = LinkedShares(link)
        look = SqlBudgetNotices(stored, CLOCK)
        for spent, told in ((400, 0), (500, 1), (600, 1), (1000, 2), (1000, 2)):
            await shares.tell([Share(ID, START, spent, 0, NOW + 60.0)])
            await look()
            said = [record for record in caplog.records if "are spent" in record.message]
            assert len(said) == told
        await look.prune()
        state = await SqlBudgetView(stored).get(ID, NOW)
        assert state is not None
        assert state.spent == 1000
    finally:
        await link.close()
