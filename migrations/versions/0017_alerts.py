"""Alerts, silences, and notices on their way.

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("fingerprint", sa.String(500), nullable=False),
        sa.Column("rule", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(460), nullable=False),
        sa.Column("group_name", sa.String(200), nullable=False),
        sa.Column("severity", sa.String(32), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.Column("fired_at", sa.Double(), nullable=False),
        sa.Column("told_at", sa.Double(), nullable=False),
        sa.Column("resolved_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_alert")),
    )
    op.create_table(
        "alert_silence",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(460), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("by_name", sa.String(255), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_silence")),
    )
    op.create_table(
        "alert_notice",
        sa.Column("id", sa.String(500), nullable=False),
        sa.Column("channel", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("delivered_at", sa.Double(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_notice")),
    )
    op.create_index(op.f("ix_alert_notice_due_at"), "alert_notice", ["due_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_alert_notice_due_at"), table_name="alert_notice")
    op.drop_table("alert_notice")
    op.drop_table("alert_silence")
    op.drop_table("alert")
