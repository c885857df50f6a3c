"""SqlUsageView: the ledger's sums for people. It reads sums alone, never attempts."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from turnout.application.ports.usage_views import Dimension, UsageQuestion, UsageTotals
from turnout.infrastructure.persistence.engine import reading
from turnout.infrastructure.persistence.rollup import COUNTED
from turnout.infrastructure.persistence.rollup_tables import (
    Rolled,
    StoredCallerRollup,
    StoredRollup,
    StoredTrafficRollup,
)
from turnout.infrastructure.persistence.sketch_bytes import SketchSum

_TRAFFIC = frozenset({Dimension.PROVIDER, Dimension.MODEL, Dimension.ROUTE})
_CALLER = frozenset({Dimension.KEY, Dimension.TEAM, Dimension.PROJECT})
Group = tuple[Any, ...]


class SqlUsageView:
    """Asks the smallest table that can tell; the database adds up, but for percentiles."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)

    async def totals(self, question: UsageQuestion) -> list[UsageTotals]:
        """Return them by name and step; nothing for those without any record."""
        table = _table_for(question)
        groups = _groups(table, question)
        sums = select(*groups, *(func.sum(getattr(table, name)) for name in COUNTED))
        parts = select(*groups, table.failures, table.latency, table.first_token)
        async with self._engine.connect() as connection:
            counted = await connection.execute(_within(sums, table, question).group_by(*groups))
            merged = await connection.execute(_within(parts, table, question))
            counted_rows, merged_rows = counted.all(), merged.all()
        # So many sketches may take a tenth of a second: others need not wait for that.
        return await asyncio.to_thread(_told, counted_rows, merged_rows, question)


def _table_for(question: UsageQuestion) -> type[Rolled]:
    dimensions = {*question.narrowed, *([question.by] if question.by else [])}
    if dimensions <= _TRAFFIC:
        return StoredTrafficRollup
    return StoredCallerRollup if dimensions <= _CALLER else StoredRollup


def _groups(table: type[Rolled], question: UsageQuestion) -> list[ColumnElement[Any]]:
    groups: list[ColumnElement[Any]] = []
    if question.by is not None:
        groups.append(_column(table, question.by))
    if question.in_steps:
        groups.append(table.start.expression)
    return groups


def _column(table: type[Rolled], dimension: Dimension) -> ColumnElement[Any]:
    name = "key_name" if dimension is Dimension.KEY else dimension.value
    column: ColumnElement[Any] = getattr(table, name).expression
    return column


def _within(query: Select[Any], table: type[Rolled], question: UsageQuestion) -> Select[Any]:
    span = question.span
    query = query.where(
        table.resolution == span.resolution, table.start >= span.since, table.start < span.until
    )
    for dimension, name in question.narrowed.items():
        column = _column(table, dimension)
        if dimension is Dimension.KEY:
            query = query.where(or_(column == name, table.__table__.c.key_id == name))
        else:
            query = query.where(column == name)
    return query


@dataclass(slots=True)
class _Whole:
    """What has been added up of one group."""

    counts: dict[str, int]
    failures: Counter[str] = field(default_factory=Counter)
    latency: SketchSum = field(default_factory=SketchSum)
    first_token: SketchSum = field(default_factory=SketchSum)


def _told(
    counted: Iterable[Row[Any]], merged: Iterable[Row[Any]], question: UsageQuestion
) -> list[UsageTotals]:
    size = (question.by is not None) + question.in_steps
    groups = {
        row[:size]: _Whole(_whole_numbers(row[size:]))
        for row in counted
        if row[size] is not None  # the sum of no rows at all
    }
    for row in merged:
        failures, latency, first_token = row[size:]
        whole = groups[row[:size]]
        if failures:
            whole.failures.update(failures)
        whole.latency.add(latency)
        whole.first_token.add(first_token)
    return [_totals(group, whole, question) for group, whole in groups.items()]


def _whole_numbers(values: Sequence[Any]) -> dict[str, int]:
    """PostgreSQL's sums of big numbers are decimals."""
    return {name: int(value) for name, value in zip(COUNTED, values, strict=True)}


def _totals(group: Group, whole: _Whole, question: UsageQuestion) -> UsageTotals:
    return UsageTotals(
        name=group[0] if question.by is not None else None,
        start=group[-1] if question.in_steps else None,
        counts=whole.counts,
        failures=dict(whole.failures),
        latency=whole.latency.sketch(),
        first_token=whole.first_token.sketch(),
    )
