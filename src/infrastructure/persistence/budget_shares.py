"""LinkedShares: what is left of budgets, shared by every process that has the store."""

import json
from collections.abc import Callable, Sequence
from secrets import token_hex

from turnout.application.ports.budget_store import Loan, Share
from turnout.domain.governance.budget import (
    Budget,
    BudgetKind,
    BudgetSettings,
    UnknownPrice,
    Window,
)
from turnout.domain.shared.ids import BudgetId
from turnout.domain.shared.money import dollars
from turnout.infrastructure.persistence.store_link import Row, Statement, StoreLink

_BUDGETS = (
    "SELECT id, kind, subject, span, limit_nanos, hard, alerts, unknown_price "
    "FROM budget ORDER BY id"
)
_TELL = """
INSERT INTO budget_share (budget, start, holder, spent_nanos, held_nanos, until)
SELECT id, CAST(? AS BIGINT), CAST(? AS VARCHAR), CAST(? AS BIGINT), CAST(? AS BIGINT),
       CAST(? AS DOUBLE PRECISION)
FROM budget WHERE id = ?
ON CONFLICT (budget, start, holder) DO UPDATE SET spent_nanos = excluded.spent_nanos,
    held_nanos = excluded.held_nanos, until = excluded.until
"""
"""A budget that has been removed meanwhile takes no shares."""
_TURN = "UPDATE budget SET loans = loans + 1 WHERE id = ?"
_LEND = """
UPDATE budget_share SET until = ?, held_nanos = held_nanos + CASE
    WHEN room.free < CAST(? AS BIGINT) THEN 0
    WHEN room.free / 8 < CAST(? AS BIGINT) THEN CAST(? AS BIGINT)
    WHEN room.free / 8 < CAST(? AS BIGINT) THEN room.free / 8
    ELSE CAST(? AS BIGINT) END
FROM (
    SELECT budget.limit_nanos - CAST(COALESCE(SUM(share.spent_nanos + CASE
        WHEN share.until > ? THEN share.held_nanos ELSE 0 END), 0) AS BIGINT) AS free
    FROM budget LEFT JOIN budget_share AS share ON share.budget = budget.id AND share.start = ?
    WHERE budget.id = ? GROUP BY budget.limit_nanos
) AS room
WHERE budget_share.budget = ? AND budget_share.start = ? AND budget_share.holder = ?
"""
"""An eighth of what is left at a time, so that no process keeps much from the others."""
_HELD = "SELECT held_nanos FROM budget_share WHERE budget = ? AND start = ? AND holder = ?"


class LinkedShares:
    """BudgetShares of one process, behind a StoreLink; its name is made up by chance."""

    def __init__(self, link: StoreLink, name: Callable[[int], str] = token_hex) -> None:
        self._link = link
        self._holder = name(16)

    async def budgets(self) -> Sequence[Budget]:
        """Return all budgets."""
        return [budget_of(row) for row in await self._link.rows(_BUDGETS)]

    async def borrow(self, loan: Loan) -> int:
        """Be lent what all others leave over; return all that this process holds now."""
        own = (loan.budget, loan.start, self._holder)
        least, wanted = loan.least, loan.wanted
        values = (loan.until, least, least, least, wanted, wanted, loan.now)
        # To have written the budget's row is to have one's turn.
        await self._link.write(
            Statement(_TURN, [(loan.budget,)]),
            Statement(_LEND, [(*values, loan.start, loan.budget, *own)]),
        )
        found = await self._link.rows(_HELD, *own)
        return int(found[0][0]) if found else 0

    async def tell(self, shares: Sequence[Share]) -> None:
        """Store what this process has spent and holds."""
        rows = [(s.start, self._holder, s.spent, s.held, s.until, s.budget) for s in shares]
        await self._link.write(Statement(_TELL, rows))


def budget_of(row: Row) -> Budget:
    """Read a row of `budget`."""
    id, kind, subject, span, limit_nanos, hard, alerts, unknown_price = row
    shares = json.loads(alerts) if isinstance(alerts, str) else alerts
    return Budget(
        BudgetId(id),
        BudgetSettings(
            BudgetKind(kind),
            subject,
            Window(span),
            dollars(limit_nanos),
            bool(hard),
            tuple(map(float, shares)),
            UnknownPrice(unknown_price),
        ),
    )
