"""Notices of budgets; test_budget_shares sees them told once."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from tests.fakes.system import FrozenClock

from turnout.infrastructure.persistence.budget_notices import SqlBudgetNotices
from turnout.infrastructure.persistence.tables import StoredEvent


async def test_without_budgets_there_is_nothing_to_tell(engine: AsyncEngine) -> None:
    look = SqlBudgetNotices(engine, FrozenClock())
    await look()
    await look.prune()
    async with AsyncSession(engine) as session:
        assert await session.scalar(select(func.count()).select_from(StoredEvent)) == 0
