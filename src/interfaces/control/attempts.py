"""`/api/attempts` and `/api/requests`: what was asked of providers, one by one."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.application.ports.usage_views import AttemptPlace, AttemptRow
from turnout.application.queries.attempts import Attempts, RequestRow, WantedAttempts
from turnout.domain.governance.roles import Permission
from turnout.domain.inference.failure import FailureKind
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.money import dollars
from turnout.interfaces.control.access import needs
from turnout.interfaces.control.csv_rows import csv_download
from turnout.interfaces.control.usage_handlers import UsageHandlers
from turnout.interfaces.control.usage_questions import AttemptsExported, AttemptsWanted


class AttemptAnswer(BaseModel):
    """One attempt, or a request that took none (number 0). Costs are dollars, null if unknown.

    `started_at` and `ended_at` are in seconds since 1970; `tokens` is null where the provider told
    none; `avoided_cost` is what an answer without an attempt would have cost.
    """

    request: str
    number: int
    started_at: float
    ended_at: float
    seconds: float
    first_token_seconds: float | None
    route: str
    key: str
    key_id: str | None
    team: str | None
    project: str | None
    provider: str
    model: str
    account: int
    outcome: AttemptOutcome
    failure: FailureKind | None
    status: int | None
    tokens: dict[str, int] | None
    cost: Decimal | None
    avoided_cost: Decimal | None

    @classmethod
    def of(cls, row: AttemptRow) -> "AttemptAnswer":
        """Show an attempt."""
        return cls(
            request=row.request,
            number=row.number,
            started_at=row.at - row.seconds,
            ended_at=row.at,
            seconds=row.seconds,
            first_token_seconds=row.first_token_seconds,
            route=row.route,
            key=row.key,
            key_id=row.key_id,
            team=row.team,
            project=row.project,
            provider=row.provider,
            model=row.model,
            account=row.account,
            outcome=row.outcome,
            failure=row.failure,
            status=row.status,
            tokens=None if row.tokens is None else dict(row.tokens),
            cost=_amount(row.cost_nanos),
            avoided_cost=_amount(row.avoided_nanos),
        )


class AttemptsAnswer(BaseModel):
    """Attempts, newest first; `next` is the `before` to go on with, null at the end."""

    attempts: list[AttemptAnswer]
    next: str | None


class RequestAnswer(BaseModel):
    """A request by its attempts, in their order: each has its moments."""

    request: str
    began_at: float
    ended_at: float
    seconds: float
    attempts: list[AttemptAnswer]

    @classmethod
    def of(cls, row: RequestRow) -> "RequestAnswer":
        """Show a request."""
        return cls(
            request=row.request,
            began_at=row.began_at,
            ended_at=row.ended_at,
            seconds=row.ended_at - row.began_at,
            attempts=[AttemptAnswer.of(each) for each in row.attempts],
        )


def attempts_router(handlers: UsageHandlers) -> APIRouter:
    """Return the paths below `/api/attempts` and `/api/requests`."""
    router = APIRouter(
        prefix="/api", tags=["requests"], dependencies=[needs(Permission.STATUS_READ)]
    )
    attempts = handlers.attempts

    @router.get("/attempts", summary="List the newest attempts")
    async def list_attempts(asked: Annotated[AttemptsWanted, Query()]) -> AttemptsAnswer:
        page = await attempts.page(asked.wanted(), asked.place(), asked.limit)
        answers = [AttemptAnswer.of(row) for row in page.attempts]
        return AttemptsAnswer(attempts=answers, next=_cursor(page.next))

    @router.get("/attempts.csv", summary="Export attempts as CSV, newest first")
    async def export_attempts(asked: Annotated[AttemptsExported, Query()]) -> StreamingResponse:
        pieces = _rows(attempts, asked.wanted())
        return csv_download("attempts.csv", [*_PLAIN, *_TOKENS], pieces)

    @router.get("/requests/{id}", summary="Show one request's attempts")
    async def show_request(id: Annotated[str, Path(max_length=200)]) -> RequestAnswer:
        return RequestAnswer.of(await attempts.of_request(id))

    return router


_TOKENS = tuple(field.name for field in fields(TokenUsage))
_PLAIN = tuple(name for name in AttemptAnswer.model_fields if name != "tokens")


async def _rows(
    attempts: Attempts, wanted: WantedAttempts
) -> AsyncIterator[list[Sequence[object]]]:
    async for rows in attempts.all(wanted):
        yield [_cells(AttemptAnswer.of(row)) for row in rows]


def _cells(answer: AttemptAnswer) -> list[object]:
    tokens = answer.tokens or {}
    return [
        *(_cell(name, getattr(answer, name)) for name in _PLAIN),
        *(tokens.get(name) for name in _TOKENS),
    ]


def _cell(name: str, value: object) -> object:
    if name.endswith("_at") and isinstance(value, float):
        return datetime.fromtimestamp(value, UTC).isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def _amount(nanos: int | None) -> Decimal | None:
    return None if nanos is None else dollars(nanos)


def _cursor(place: AttemptPlace | None) -> str | None:
    return None if place is None else f"{place.batch}-{place.position}"
