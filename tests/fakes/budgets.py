"""Budgets in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from turnout.application.ports.budget_store import BudgetState, Loan, Share
from turnout.domain.governance.budget import Budget, BudgetSettings
from turnout.domain.shared.events import DomainEvent
from turnout.domain.shared.ids import BudgetId
from turnout.domain.shared.money import nanos


@dataclass
class FakeBudgets:
    """A BudgetView, and units of work on the same budgets."""

    stored: dict[BudgetId, BudgetSettings] = field(default_factory=dict)
    happened: list[DomainEvent] = field(default_factory=list)

    def begin(self) -> "FakeBudgetWork":
        return FakeBudgetWork(self)

    async def list(self, now: float) -> list[BudgetState]:
        return [self._state(id, now) for id in sorted(self.stored)]

    async def get(self, id: BudgetId, now: float) -> BudgetState | None:
        return self._state(id, now) if id in self.stored else None

    def _state(self, id: BudgetId, now: float) -> BudgetState:
        settings = self.stored[id]
        return BudgetState(Budget(id, settings), *settings.window.around(now), 0, 0)


class FakeBudgetWork:
    """Changes on commit alone."""

    def __init__(self, store: FakeBudgets) -> None:
        self._store = store
        self._saved: dict[BudgetId, BudgetSettings | None] = {}
        self._events: list[DomainEvent] = []

    @property
    def budgets(self) -> "FakeBudgetWork":
        return self

    async def get(self, id: BudgetId) -> Budget | None:
        settings = self._store.stored.get(id)
        return None if settings is None else Budget(id, settings)

    async def save(self, budget: Budget) -> None:
        self._saved[budget.id] = budget.settings
        self._events += budget.collect()

    async def delete(self, budget: Budget) -> None:
        self._saved[budget.id] = None
        self._events += budget.collect()

    async def commit(self) -> None:
        for id, settings in self._saved.items():
            if settings is None:
                del self._store.stored[id]
            else:
                self._store.stored[id] = settings
        self._store.happened += self._events

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is held."""


@dataclass
class SharedPot:
    """What several FakeShares lend from; `away` makes it fail."""

    budgets: list[Budget] = field(default_factory=list)
    told: dict[tuple[BudgetId, int, int], Share] = field(default_factory=dict)
    away: bool = False

    def free(self, budget: BudgetId, start: int, now: float) -> int:
        """What nobody has spent or holds."""
        limit = next(nanos(b.settings.limit_dollars) for b in self.budgets if b.id == budget)
        shares = [s for s in self.told.values() if s.budget == budget and s.start == start]
        return limit - sum(s.spent + (s.held if s.until > now else 0) for s in shares)


@dataclass
class FakeShares:
    """BudgetShares of one process: lends an eighth of what is left, or what is needed at least."""

    pot: SharedPot

    async def budgets(self) -> Sequence[Budget]:
        self._ask()
        return self.pot.budgets

    async def borrow(self, loan: Loan) -> int:
        self._ask()
        key = (loan.budget, loan.start, id(self))
        mine = self.pot.told[key]
        free = self.pot.free(loan.budget, loan.start, loan.now)
        lent = 0 if free < loan.least else max(loan.least, min(free // 8, loan.wanted))
        self.pot.told[key] = Share(
            loan.budget, loan.start, mine.spent, mine.held + lent, loan.until
        )
        return mine.held + lent

    async def tell(self, shares: Sequence[Share]) -> None:
        self._ask()
        for share in shares:
            self.pot.told[share.budget, share.start, id(self)] = share

    def _ask(self) -> None:
        if self.pot.away:
            raise ConnectionError("away")
