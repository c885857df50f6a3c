"""`/api/analytics`: what was used, how it went and what it cost."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from turnout.application.queries.usage import Figures, Named, Percentiles, Told
from turnout.domain.governance.roles import Permission
from turnout.domain.shared.sketch import RELATIVE_ERROR
from turnout.interfaces.control.access import needs
from turnout.interfaces.control.csv_rows import csv_download
from turnout.interfaces.control.usage_handlers import UsageHandlers
from turnout.interfaces.control.usage_questions import UsageBy, UsageTop

_PERCENTILES = ("p50", "p90", "p95", "p99")
_PLAIN = (
    "requests",
    "answered",
    "success_rate",
    "attempts",
    "failed",
    "attempt_success_rate",
    "abandoned",
    "hedged",
    "saved",
    "cached",
    "shared",
    "unpriced",
)


class SpanAnswer(BaseModel):
    """The span that was added up, in seconds since 1970, and its steps.

    Percentiles may be this share away from the true ones.
    """

    since: int
    until: int
    resolution_seconds: int
    percentile_error: float = RELATIVE_ERROR


class RowAnswer(BaseModel):
    """Figures of one name; null is everything together."""

    name: str | None
    figures: Figures


class PointAnswer(BaseModel):
    """Figures of the step that began at `start`, in seconds since 1970."""

    start: int
    figures: Figures


class SummaryAnswer(SpanAnswer):
    """Figures of the whole span, by name."""

    rows: list[RowAnswer]

    @classmethod
    def of(cls, told: Told) -> "SummaryAnswer":
        """Show what was told."""
        rows = [RowAnswer(name=row.name, figures=row.figures) for row in told.rows]
        return cls(**_span(told), rows=rows)


class LineAnswer(BaseModel):
    """One name's points, in order; steps without any record are left out."""

    name: str | None
    points: list[PointAnswer]


class SeriesAnswer(SpanAnswer):
    """A line for each name."""

    lines: list[LineAnswer]

    @classmethod
    def of(cls, told: Told) -> "SeriesAnswer":
        """Show what was told."""
        lines: dict[str | None, LineAnswer] = {}
        for row in told.rows:
            line = lines.setdefault(row.name, LineAnswer(name=row.name, points=[]))
            line.points.append(PointAnswer(start=row.start or 0, figures=row.figures))
        return cls(**_span(told), lines=list(lines.values()))


def usage_router(handlers: UsageHandlers) -> APIRouter:
    """Return the paths below `/api/analytics`."""
    router = APIRouter(
        prefix="/api/analytics", tags=["analytics"], dependencies=[needs(Permission.STATUS_READ)]
    )
    usage = handlers.usage

    @router.get("/summary", summary="Show what was used in a span, all together or by name")
    async def summarise_usage(asked: Annotated[UsageBy, Query()]) -> SummaryAnswer:
        return SummaryAnswer.of(await usage.summary(asked.asked(), asked.by))

    @router.get("/series", summary="Show what was used, step by step")
    async def show_series(asked: Annotated[UsageBy, Query()]) -> SeriesAnswer:
        return SeriesAnswer.of(await usage.series(asked.asked(), asked.by))

    @router.get("/top", summary="Show the slowest, the most failing, the most expensive, ...")
    async def show_top(asked: Annotated[UsageTop, Query()]) -> SummaryAnswer:
        told = await usage.top(asked.asked(), asked.by, asked.measure, asked.limit)
        return SummaryAnswer.of(told)

    @router.get("/series.csv", summary="Export what was used, step by step, as CSV")
    async def export_series(asked: Annotated[UsageBy, Query()]) -> StreamingResponse:
        told = await usage.series(asked.asked(), asked.by)
        columns = ["start", asked.by.value if asked.by else "name", *_columns(told)]
        return csv_download("usage.csv", columns, _in_one_piece(told))

    return router


def _span(told: Told) -> dict[str, int]:
    span = told.span
    return {"since": span.since, "until": span.until, "resolution_seconds": span.resolution}


async def _in_one_piece(told: Told) -> AsyncIterator[list[Sequence[object]]]:
    yield [_cells(row) for row in told.rows]


def _columns(told: Told) -> list[str]:
    tokens = list(told.rows[0].figures.tokens) if told.rows else []
    times = [f"{what}_{p}" for what in ("latency", "first_token") for p in _PERCENTILES]
    return [*_PLAIN, *tokens, "cost", "avoided_cost", *times]


def _cells(row: Named) -> list[object]:
    figures = row.figures
    moment = datetime.fromtimestamp(row.start or 0, UTC).isoformat()
    return [
        moment,
        row.name or "",
        *(getattr(figures, name) for name in _PLAIN),
        *figures.tokens.values(),
        f"{figures.cost:f}",
        f"{figures.avoided_cost:f}",
        *_times(figures.latency),
        *_times(figures.first_token),
    ]


def _times(percentiles: Percentiles) -> list[float | None]:
    return [getattr(percentiles, name) for name in _PERCENTILES]
