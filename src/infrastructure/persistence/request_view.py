"""SqlRequestView: requests that have ended, for people, newest first."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from turnout.application.ports.request_views import RequestFilter, RequestRow
from turnout.application.ports.usage_views import AttemptPlace
from turnout.infrastructure.persistence.engine import reading
from turnout.infrastructure.persistence.paging import newest_first
from turnout.infrastructure.persistence.request_tables import StoredRequest


class SqlRequestView:
    """Follows the table's key, which grows with time, so that a page costs what is on it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)

    async def page(
        self, wanted: RequestFilter, before: AttemptPlace | None, limit: int
    ) -> list[RequestRow]:
        """Return the newest of those that are `wanted`, newest first, or those behind `before`."""
        query = _narrowed(newest_first(StoredRequest, wanted, before, limit), wanted)
        async with AsyncSession(self._engine) as session:
            return [_row(each) for each in await session.scalars(query)]

    async def get(self, request: str) -> RequestRow | None:
        """Return one by its name, or None."""
        query = select(StoredRequest).where(StoredRequest.request == request).limit(1)
        async with AsyncSession(self._engine) as session:
            row = await session.scalar(query)
            return None if row is None else _row(row)


def _narrowed(query: Select[Any], wanted: RequestFilter) -> Select[Any]:
    if wanted.status is not None:
        query = query.where(StoredRequest.status == wanted.status)
    if wanted.least_status is not None:
        query = query.where(StoredRequest.status >= wanted.least_status)
    return query


def _row(row: StoredRequest) -> RequestRow:
    return RequestRow(
        place=AttemptPlace(row.batch, row.position),
        at=row.at,
        request=row.request,
        operation=row.operation,
        streamed=bool(row.streamed),
        asked_model=row.asked_model,
        route=row.route,
        key_id=row.key_id,
        key=row.key_name,
        team=row.team,
        project=row.project,
        provider=row.provider,
        model=row.model,
        status=row.status,
        error=row.error,
        attempts=row.attempts,
        seconds=row.seconds,
        first_byte_seconds=row.first_byte_seconds,
        overhead_seconds=row.overhead_seconds,
        cache=row.cache,
        rescued=row.rescued,
        hedged=bool(row.hedged),
    )
