"""RequestRecord to the row that workers write."""

from turnout.application.ports.request_log import RequestRecord
from turnout.domain.governance.grant import ANONYMOUS
from turnout.infrastructure.persistence.attempt_rows import Row
from turnout.infrastructure.persistence.store_link import Value

COLUMNS = (
    "at",
    "request",
    "operation",
    "streamed",
    "asked_model",
    "route",
    "key_id",
    "key_name",
    "team",
    "project",
    "provider",
    "model",
    "status",
    "error",
    "attempts",
    "seconds",
    "first_byte_seconds",
    "overhead_seconds",
    "cache",
    "rescued",
    "hedged",
)
INSERT_REQUEST = (
    f"INSERT INTO ledger_request (batch, position, {', '.join(COLUMNS)}) "
    f"VALUES (?, ?{', ?' * len(COLUMNS)}) ON CONFLICT DO NOTHING"
)
LONGEST_MODEL = 200
"""What is kept of the model's name that a caller asks for, which may be anything."""


def row_of_request(record: RequestRecord, epoch_of_monotonic: float) -> Row:
    """Return the values of COLUMNS; `epoch_of_monotonic` turns a monotonic moment into an epoch."""
    grant = record.grant or ANONYMOUS
    return (
        epoch_of_monotonic + record.ended_seconds,
        record.request,
        record.operation,
        int(record.streamed),
        storable(record.asked_model),
        record.route,
        grant.key,
        grant.key_name,
        grant.team,
        grant.project,
        record.provider,
        record.model,
        record.status,
        record.error,
        record.attempts,
        record.seconds,
        record.first_byte_seconds,
        record.overhead_seconds,
        record.cache,
        record.rescued,
        int(record.hedged),
    )


def storable(words: str) -> str:
    """Return the beginning of a caller's own words as every database takes it."""
    return words[:LONGEST_MODEL].encode(errors="replace").decode().replace("\0", "?")


def as_request(row: Row) -> dict[str, Value]:
    """Return `row` with its names, for people."""
    return dict(zip(COLUMNS, row, strict=True))
