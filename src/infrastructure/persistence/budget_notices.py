"""SqlBudgetNotices: tells once per window of each share of a budget that has been spent."""

import logging

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from turnout.application.ports.budget_store import BudgetState
from turnout.application.ports.system import Clock
from turnout.domain.governance.budget_events import BudgetExhausted, BudgetThresholdCrossed
from turnout.domain.shared.events import DomainEvent
from turnout.domain.shared.money import dollars, nanos
from turnout.infrastructure.persistence.budget_tables import (
    StoredBudget,
    StoredNotice,
    StoredShare,
)
from turnout.infrastructure.persistence.budgets import SqlBudgetView
from turnout.infrastructure.persistence.sql_work import events_of

logger = logging.getLogger(__name__)
KEPT_SECONDS = 100 * 86_400.0
"""How long what was counted in past windows is kept."""


class SqlBudgetNotices:
    """Several processes may look: what one has told of, no other tells of again."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._view = SqlBudgetView(engine)

    async def __call__(self) -> None:
        """Look at all budgets, store what happened as events, and log it."""
        for state in await self._view.list(self._clock.epoch_seconds()):
            limit = nanos(state.budget.settings.limit_dollars)
            for share in sorted({*state.budget.settings.alerts, 1.0}):
                if state.spent >= share * limit:
                    await self._tell_once(state, share)

    async def prune(self) -> None:
        """Forget windows that are long past."""
        before = int(self._clock.epoch_seconds() - KEPT_SECONDS)
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(delete(StoredShare).where(StoredShare.start < before))
            await session.execute(delete(StoredNotice).where(StoredNotice.start < before))

    async def _tell_once(self, state: BudgetState, share: float) -> None:
        insert = (
            postgresql_insert if self._engine.dialect.name == "postgresql" else sqlite_insert
        )(StoredNotice)
        values = {"budget": state.budget.id, "start": state.start, "share": share}
        told = insert.values(**values).on_conflict_do_nothing().returning(StoredNotice.share)
        event = _event(state, share)
        async with AsyncSession(self._engine) as session, session.begin():
            there = select(StoredBudget.id).where(StoredBudget.id == state.budget.id)
            if (await session.scalar(there)) is None:
                return
            if (await session.scalar(told)) is None:
                return
            entry = f"budget:{state.budget.id}"
            session.add_all(events_of(self._clock.epoch_seconds(), [(entry, event)]))
        settings = state.budget.settings
        logger.warning(
            "budget %s: %.0f %% of $%s for this %s are spent",
            state.budget.id,
            100 * float(dollars(state.spent) / settings.limit_dollars),
            f"{settings.limit_dollars:f}",
            settings.window.value,
        )


def _event(state: BudgetState, share: float) -> DomainEvent:
    if share >= 1.0:
        return BudgetExhausted(state.budget.id, state.start, state.spent)
    return BudgetThresholdCrossed(state.budget.id, state.start, share, state.spent)
