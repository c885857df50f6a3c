"""Show attempts one by one: the newest ones, and all that one request took."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from turnout.application.ports.system import Clock
from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.application.ports.usage_views import (
    AttemptFilter,
    AttemptPlace,
    AttemptRow,
    AttemptView,
    Dimension,
)
from turnout.application.queries.usage import Moment, seconds_of
from turnout.domain.inference.failure import FailureKind
from turnout.domain.shared.errors import DomainError

EXPORTED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class WantedAttempts:
    """Which attempts, newest first; None is all of them."""

    since: Moment = timedelta(days=1)
    until: Moment | None = None
    narrowed: Mapping[Dimension, str] = field(default_factory=dict)
    outcome: AttemptOutcome | None = None
    failure: FailureKind | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """Some attempts; `next` is where to go on, None where there are no more."""

    attempts: list[AttemptRow]
    next: AttemptPlace | None


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request by its attempts, in their order; it began when the first of them did."""

    request: str
    began_at: float
    ended_at: float
    attempts: list[AttemptRow]


@dataclass(frozen=True, slots=True)
class Attempts:
    """Reads the ledger's attempts."""

    view: AttemptView
    clock: Clock

    async def page(
        self, wanted: WantedAttempts, before: AttemptPlace | None, limit: int
    ) -> AttemptPage:
        """Return the newest, or those behind `before`."""
        rows = await self.view.page(self._filter(wanted), before, limit)
        return AttemptPage(rows, rows[-1].place if len(rows) == limit else None)

    async def all(self, wanted: WantedAttempts) -> AsyncIterator[list[AttemptRow]]:
        """Yield all of them, newest first, some at a time."""
        narrowed = self._filter(wanted)
        before: AttemptPlace | None = None
        while rows := await self.view.page(narrowed, before, EXPORTED_AT_ONCE):
            yield rows
            before = rows[-1].place

    async def of_request(self, request: str) -> RequestRow:
        """Return one request. Raises DomainError `request.unknown`."""
        rows = await self.view.of_request(request)
        if not rows:
            raise DomainError(
                "request.unknown",
                f"no request {request!r} in the ledger: it took no attempt, has not been written "
                "down yet, or is older than attempts are kept",
            )
        began = min(row.at - row.seconds for row in rows)
        return RequestRow(request, began, max(row.at for row in rows), rows)

    def _filter(self, wanted: WantedAttempts) -> AttemptFilter:
        now = self.clock.epoch_seconds()
        return AttemptFilter(
            since=seconds_of(wanted.since, now),
            until=None if wanted.until is None else seconds_of(wanted.until, now),
            narrowed=wanted.narrowed,
            outcome=wanted.outcome,
            failure=wanted.failure,
            status=wanted.status,
        )
