"""AttemptRecord to the row that workers write."""

from dataclasses import fields
from operator import attrgetter

from turnout.application.ports.usage_ledger import AttemptRecord
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.persistence.store_link import Value

Row = tuple[Value, ...]
TOKENS = tuple(field.name for field in fields(TokenUsage))
COLUMNS = (
    "at",
    "request",
    "number",
    "route",
    "key_id",
    "key_name",
    "team",
    "project",
    "provider",
    "model",
    "account",
    "outcome",
    "failure",
    "status",
    "seconds",
    "first_token_seconds",
    *TOKENS,
    "cost_nanos",
    "avoided_nanos",
)
INSERT_ATTEMPT = (
    f"INSERT INTO ledger_attempt (batch, position, {', '.join(COLUMNS)}) "
    f"VALUES (?, ?{', ?' * len(COLUMNS)}) ON CONFLICT DO NOTHING"
)
_tokens = attrgetter(*TOKENS)
_NO_TOKENS = (None,) * len(TOKENS)


def row_of(record: AttemptRecord, epoch_of_monotonic: float) -> Row:
    """Return the values of COLUMNS; `epoch_of_monotonic` turns a monotonic moment into an epoch."""
    grant, usage = record.grant, record.usage
    return (
        epoch_of_monotonic + record.ended_seconds,
        record.request,
        record.number,
        record.route,
        grant.key,
        grant.key_name,
        grant.team,
        grant.project,
        record.provider,
        record.model,
        _account(record),
        record.outcome.value,
        None if record.failure is None else record.failure.value,
        record.status,
        record.seconds,
        record.first_token_seconds,
        *(_NO_TOKENS if usage is None else _tokens(usage)),
        record.cost_nanos,
        record.avoided_nanos,
    )


def _account(record: AttemptRecord) -> int:
    """Return which of the provider's credentials it was: `provider/model#2` is the second."""
    suffix = record.deployment.removeprefix(f"{record.provider}/{record.model}")
    return int(suffix[1:] or 1)


def as_record(row: Row) -> dict[str, Value]:
    """Return `row` with its names, for people."""
    return dict(zip(COLUMNS, row, strict=True))
