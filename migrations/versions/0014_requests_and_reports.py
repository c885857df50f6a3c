"""Requests as their callers saw them, and what processes tell of themselves for metrics.

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_request",
        sa.Column("batch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("streamed", sa.SmallInteger(), nullable=False),
        sa.Column("asked_model", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=True),
        sa.Column("key_name", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("project", sa.String(), nullable=True),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("first_byte_seconds", sa.Double(), nullable=True),
        sa.Column("overhead_seconds", sa.Double(), nullable=True),
        sa.Column("cache", sa.String(), nullable=False),
        sa.Column("rescued", sa.Integer(), nullable=False),
        sa.Column("hedged", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("batch", "position", name=op.f("pk_ledger_request")),
    )
    op.create_index("ix_ledger_request_request", "ledger_request", ["request"])
    op.create_table(
        "worker_report",
        sa.Column("worker", sa.String(140), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_worker_report")),
    )


def downgrade() -> None:
    op.drop_table("worker_report")
    op.drop_table("ledger_request")
