"""AttemptRecord to the row that workers write."""

from dataclasses import fields
from operator import attrgetter

from turnout.application.ports.usage_ledger import AttemptOutcome, AttemptRecord
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.money import rounded
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
NANOS = 1_000_000_000
_tokens = attrgetter(*TOKENS)
_NO_TOKENS = (None,) * len(TOKENS)
_FREE = frozenset({AttemptOutcome.CACHED, AttemptOutcome.SHARED})
"""What took no attempt of its own, and so cost nothing."""


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
        cost_nanos(record),
        avoided_nanos(record),
    )


def cost_nanos(record: AttemptRecord) -> int | None:
    """Return billionths of a dollar: 0 where nothing was asked of a provider, None if unknown.

    What ended without an answer and told no tokens cost nothing that is known.
    """
    if record.number == 0:
        return 0
    if record.usage is None:
        return None if record.outcome is AttemptOutcome.COMPLETED else 0
    return _nanos(record)


def avoided_nanos(record: AttemptRecord) -> int | None:
    """Return billionths of a dollar that an answer without an attempt of its own would have cost.

    None where that is unknown, 0 of everything else.
    """
    return _nanos(record) if record.outcome in _FREE else 0


def _nanos(record: AttemptRecord) -> int | None:
    if record.price is None or record.usage is None:
        return None
    return int(rounded(record.price.cost(record.usage)) * NANOS)


def _account(record: AttemptRecord) -> int:
    """Return which of the provider's credentials it was: `provider/model#2` is the second."""
    suffix = record.deployment.removeprefix(f"{record.provider}/{record.model}")
    return int(suffix[1:] or 1)


def as_record(row: Row) -> dict[str, Value]:
    """Return `row` with its names, for people."""
    return dict(zip(COLUMNS, row, strict=True))
