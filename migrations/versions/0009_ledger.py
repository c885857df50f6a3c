"""The ledger: attempts as workers write them, and their sums.

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
TOKENS = (
    "input_tokens",
    "output_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "audio_input_tokens",
    "audio_output_tokens",
)
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
    *TOKENS,
    "cost_nanos",
)


def upgrade() -> None:
    _create_batches()
    _create_attempts()
    _create_rollups()


def downgrade() -> None:
    op.drop_table("ledger_rollup")
    op.drop_table("ledger_attempt")
    op.drop_table("ledger_batch")


def _create_batches() -> None:
    op.create_table(
        "ledger_batch",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("rolled", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_batch")),
    )
    op.create_index("ix_ledger_batch_rolled_id", "ledger_batch", ["rolled", "id"])


def _create_attempts() -> None:
    op.create_table(
        "ledger_attempt",
        sa.Column("batch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=True),
        sa.Column("key_name", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("project", sa.String(), nullable=True),
        sa.Column("provider", sa.String(63), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("first_token_seconds", sa.Double(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in TOKENS),
        sa.Column("cost_nanos", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("batch", "position", name=op.f("pk_ledger_attempt")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ledger_attempt_request", "ledger_attempt", ["request"])


def _create_rollups() -> None:
    names = ("route", "key_id", "key_name", "team", "project")
    op.create_table(
        "ledger_rollup",
        sa.Column("resolution", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in names),
        sa.Column("provider", sa.String(63), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS),
        sa.Column("failures", JSON, nullable=False),
        sa.Column("latency", sa.LargeBinary(), nullable=False),
        sa.Column("first_token", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "resolution", "start", *names, "provider", "model", name=op.f("pk_ledger_rollup")
        ),
    )
