"""Budgets on SQL: changed by one transaction at a time, and read for people."""

from sqlalchemy import case, delete, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from turnout.application.ports.budget_store import BudgetState
from turnout.application.ports.system import Clock
from turnout.domain.governance.budget import (
    Budget,
    BudgetKind,
    BudgetSettings,
    UnknownPrice,
    Window,
)
from turnout.domain.shared.ids import BudgetId
from turnout.domain.shared.money import dollars, nanos
from turnout.infrastructure.persistence.budget_tables import (
    StoredBudget,
    StoredNotice,
    StoredShare,
)
from turnout.infrastructure.persistence.engine import reading
from turnout.infrastructure.persistence.repositories import Record
from turnout.infrastructure.persistence.sql_work import Noting, SqlWork


class SqlBudgets:
    """Budgets in `budget`, within the transaction that they were given."""

    def __init__(self, session: AsyncSession, record: Record) -> None:
        self._session = session
        self._record = record
        self._seen: dict[BudgetId, tuple[StoredBudget, BudgetSettings]] = {}

    async def get(self, id: BudgetId) -> Budget | None:
        """Return the budget, or None."""
        row = await self._session.get(StoredBudget, id)
        if row is None:
            return None
        budget = _budget(row)
        self._seen[id] = (row, budget.settings)
        return budget

    async def save(self, budget: Budget) -> None:
        """Insert or update. What was counted by another window is forgotten."""
        row, before = self._seen.get(budget.id, (None, None))
        if row is None:
            row = StoredBudget(id=budget.id, loans=0)
            self._session.add(row)
        elif before is not None and before.window is not budget.settings.window:
            await self._forget(budget.id)
        _fill(row, budget.settings)
        await self._session.flush()
        self._tell(budget, before, budget.settings)

    async def delete(self, budget: Budget) -> None:
        """Delete it, and what has been counted for it."""
        await self._forget(budget.id)
        await self._session.execute(delete(StoredBudget).where(StoredBudget.id == budget.id))
        self._tell(budget, budget.settings, None)

    def _tell(
        self, budget: Budget, before: BudgetSettings | None, after: BudgetSettings | None
    ) -> None:
        self._record(f"budget:{budget.id}", budget.collect(), before=before, after=after)

    async def _forget(self, id: BudgetId) -> None:
        await self._session.execute(delete(StoredShare).where(StoredShare.budget == id))
        await self._session.execute(delete(StoredNotice).where(StoredNotice.budget == id))


class SqlBudgetWork(SqlWork):
    """A BudgetWork."""

    def __init__(self, engine: AsyncEngine, clock: Clock, noting: Noting | None = None) -> None:
        super().__init__(engine, clock, noting)
        self.budgets = SqlBudgets(self._session, self._record)


class SqlBudgetView:
    """A BudgetView."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)

    async def list(self, now: float) -> list[BudgetState]:
        """Return all, by their names."""
        async with AsyncSession(self._engine) as session:
            rows = await session.scalars(select(StoredBudget).order_by(StoredBudget.id))
            return [await state_of(session, _budget(row), now) for row in rows.all()]

    async def get(self, id: BudgetId, now: float) -> BudgetState | None:
        """Return one, or None."""
        async with AsyncSession(self._engine) as session:
            row = await session.get(StoredBudget, id)
            return None if row is None else await state_of(session, _budget(row), now)


async def state_of(session: AsyncSession, budget: Budget, now: float) -> BudgetState:
    """Return how `budget` stands, all processes together."""
    start, end = budget.settings.window.around(now)
    held = case((StoredShare.until > now, StoredShare.held_nanos), else_=0)
    sums = select(
        func.coalesce(func.sum(StoredShare.spent_nanos), 0), func.coalesce(func.sum(held), 0)
    ).where(StoredShare.budget == budget.id, StoredShare.start == start)
    spent, reserved = (await session.execute(sums)).one()
    return BudgetState(budget, start, end, int(spent), int(reserved))


def _fill(row: StoredBudget, settings: BudgetSettings) -> None:
    row.kind, row.subject = settings.kind.value, settings.subject
    row.span = settings.window.value
    row.limit_nanos = nanos(settings.limit_dollars)
    row.hard = int(settings.hard)
    row.alerts = list(settings.alerts)
    row.unknown_price = settings.unknown_price.value


def _budget(row: StoredBudget) -> Budget:
    return Budget(
        BudgetId(row.id),
        BudgetSettings(
            BudgetKind(row.kind),
            row.subject,
            Window(row.span),
            dollars(row.limit_nanos),
            bool(row.hard),
            tuple(row.alerts),
            UnknownPrice(row.unknown_price),
        ),
    )
