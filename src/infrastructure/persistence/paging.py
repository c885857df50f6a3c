"""Pages of what the ledger's batches hold, newest first."""

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy import Select, or_, select, tuple_

from turnout.application.ports.usage_views import AttemptPlace, Dimension
from turnout.infrastructure.persistence.batch_numbers import first_number_at


class Wanted(Protocol):
    """What every filter says; times are epoch seconds."""

    @property
    def since(self) -> float: ...

    @property
    def until(self) -> float | None: ...

    @property
    def narrowed(self) -> Mapping[Dimension, str]: ...


def newest_first(
    table: Any, wanted: Wanted, before: AttemptPlace | None, limit: int
) -> Select[tuple[Any]]:
    """Return the query for the newest rows that are `wanted`, or for those behind `before`.

    It follows the table's key, which grows with time, so that a page costs what is on it.
    """
    place = table.batch, table.position
    # A batch is written after what it holds has ended.
    query = select(table).where(
        table.batch >= first_number_at(wanted.since), table.at >= wanted.since
    )
    if before is not None:
        query = query.where(tuple_(*place) < tuple_(*before))
    if wanted.until is not None:
        query = query.where(table.at < wanted.until)
    for dimension, name in wanted.narrowed.items():
        if dimension is Dimension.KEY:
            query = query.where(or_(table.key_name == name, table.key_id == name))
        else:
            query = query.where(getattr(table, dimension.value) == name)
    return query.order_by(*(column.desc() for column in place)).limit(limit)
