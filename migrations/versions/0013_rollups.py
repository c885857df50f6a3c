"""Sums by traffic and by caller, and what was not spent. All sums are made anew.

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
SUMS = (
    "requests",
    "answered",
    "attempts",
    "failed",
    "abandoned",
    "cached",
    "shared",
    "hedged",
    "saved",
    "unpriced",
    "input_tokens",
    "output_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "audio_input_tokens",
    "audio_output_tokens",
    "cost_nanos",
)
TRAFFIC = (("route", None), ("provider", 63), ("model", None))
CALLER = (("key_id", None), ("key_name", None), ("team", None), ("project", None))


def upgrade() -> None:
    op.add_column("ledger_attempt", sa.Column("avoided_nanos", sa.BigInteger(), nullable=True))
    op.add_column("ledger_rollup", _avoided())
    _create_rollups("ledger_traffic_rollup", TRAFFIC)
    _create_rollups("ledger_caller_rollup", CALLER)
    _begin_anew()


def downgrade() -> None:
    op.drop_table("ledger_caller_rollup")
    op.drop_table("ledger_traffic_rollup")
    op.drop_column("ledger_rollup", "avoided_nanos")
    op.drop_column("ledger_attempt", "avoided_nanos")


def _begin_anew() -> None:
    """Have everything added up again from the attempts, which no version has thrown away yet."""
    op.execute("DELETE FROM ledger_rollup")
    op.execute("UPDATE ledger_batch SET rolled = 0")


def _avoided() -> sa.Column[int]:
    return sa.Column("avoided_nanos", sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def _create_rollups(table: str, subject: tuple[tuple[str, int | None], ...]) -> None:
    names = [name for name, _ in subject]
    op.create_table(
        table,
        sa.Column("resolution", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.String(length), nullable=False) for name, length in subject),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS),
        _avoided(),
        sa.Column("failures", JSON, nullable=False),
        sa.Column("latency", sa.LargeBinary(), nullable=False),
        sa.Column("first_token", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("resolution", "start", *names, name=op.f(f"pk_{table}")),
    )
