"""SqlAttemptView: the ledger's attempts for people, newest first."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.application.ports.usage_views import (
    AttemptFilter,
    AttemptPlace,
    AttemptRow,
)
from turnout.domain.inference.failure import FailureKind
from turnout.infrastructure.persistence.attempt_rows import TOKENS
from turnout.infrastructure.persistence.engine import reading
from turnout.infrastructure.persistence.ledger_tables import StoredAttempt
from turnout.infrastructure.persistence.paging import newest_first


class SqlAttemptView:
    """Follows the table's key, which grows with time, so that a page costs what is on it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)

    async def page(
        self, wanted: AttemptFilter, before: AttemptPlace | None, limit: int
    ) -> list[AttemptRow]:
        """Return the newest of those that are `wanted`, newest first, or those behind `before`."""
        query = _narrowed(newest_first(StoredAttempt, wanted, before, limit), wanted)
        async with AsyncSession(self._engine) as session:
            return [_row(each) for each in await session.scalars(query)]

    async def of_request(self, request: str) -> list[AttemptRow]:
        """Return the request's attempts, in their order."""
        query = select(StoredAttempt).where(StoredAttempt.request == request)
        async with AsyncSession(self._engine) as session:
            rows = await session.scalars(query.order_by(StoredAttempt.number))
            return [_row(each) for each in rows]


def _narrowed(query: Select[Any], wanted: AttemptFilter) -> Select[Any]:
    for name in ("outcome", "failure", "status"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(getattr(StoredAttempt, name) == value)
    return query


def _row(row: StoredAttempt) -> AttemptRow:
    tokens = {name: getattr(row, name) for name in TOKENS}
    return AttemptRow(
        place=AttemptPlace(row.batch, row.position),
        at=row.at,
        request=row.request,
        number=row.number,
        route=row.route,
        key_id=row.key_id,
        key=row.key_name,
        team=row.team,
        project=row.project,
        provider=row.provider,
        model=row.model,
        account=row.account,
        outcome=AttemptOutcome(row.outcome),
        failure=None if row.failure is None else FailureKind(row.failure),
        status=row.status,
        seconds=row.seconds,
        first_token_seconds=row.first_token_seconds,
        tokens=None if tokens["input_tokens"] is None else tokens,
        cost_nanos=row.cost_nanos,
        avoided_nanos=row.avoided_nanos,
    )
