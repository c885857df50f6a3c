"""The ledger as people see it, in memory."""

from dataclasses import dataclass, field

from tests.fakes.system import FrozenClock
from turnout.application.ports.usage_views import (
    AttemptFilter,
    AttemptPlace,
    AttemptRow,
    UsageQuestion,
    UsageTotals,
)
from turnout.application.queries.attempts import Attempts
from turnout.application.queries.usage import DAY, KeptFor, Usage
from turnout.interfaces.control.usage_handlers import UsageHandlers


@dataclass
class FakeUsageView:
    """Gives the same totals to every question, and keeps what was asked."""

    found: list[UsageTotals] = field(default_factory=list)
    asked: list[UsageQuestion] = field(default_factory=list)

    async def totals(self, question: UsageQuestion) -> list[UsageTotals]:
        self.asked.append(question)
        return self.found


@dataclass
class FakeAttemptView:
    """Attempts, newest first; filters are only kept."""

    rows: list[AttemptRow] = field(default_factory=list)
    asked: list[AttemptFilter] = field(default_factory=list)

    async def page(
        self, wanted: AttemptFilter, before: AttemptPlace | None, limit: int
    ) -> list[AttemptRow]:
        self.asked.append(wanted)
        behind = [row for row in self.rows if before is None or row.place < before]
        return behind[:limit]

    async def of_request(self, request: str) -> list[AttemptRow]:
        rows = [row for row in self.rows if row.request == request]
        return sorted(rows, key=lambda row: row.number)


@dataclass
class FakeUsage:
    """Queries on both."""

    sums: FakeUsageView = field(default_factory=FakeUsageView)
    attempts: FakeAttemptView = field(default_factory=FakeAttemptView)
    clock: FrozenClock = field(default_factory=FrozenClock)

    def usage(self) -> Usage:
        return Usage(self.sums, self.clock, KeptFor(3 * DAY, 100 * DAY))

    def handlers(self) -> UsageHandlers:
        return UsageHandlers(self.usage(), Attempts(self.attempts, self.clock))
