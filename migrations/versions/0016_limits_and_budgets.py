"""Limits of access keys; budgets, what was spent of them, and what has been told of that.

Revision 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.add_column("access_key", sa.Column("limits", JSON, nullable=True))
    op.create_table(
        "budget",
        sa.Column("id", sa.String(63), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("span", sa.String(10), nullable=False),
        sa.Column("limit_nanos", sa.BigInteger(), nullable=False),
        sa.Column("hard", sa.Integer(), nullable=False),
        sa.Column("alerts", JSON, nullable=False),
        sa.Column("unknown_price", sa.String(10), nullable=False),
        sa.Column("loans", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('key', 'team', 'project', 'provider', 'route')", name=op.f("ck_budget_kind")
        ),
        sa.CheckConstraint("span IN ('hour', 'day', 'week', 'month')", name=op.f("ck_budget_span")),
        sa.CheckConstraint(
            "unknown_price IN ('allow', 'refuse')", name=op.f("ck_budget_unknown_price")
        ),
        sa.CheckConstraint("limit_nanos > 0", name=op.f("ck_budget_limit_nanos")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
    )
    op.create_table(
        "budget_share",
        sa.Column("budget", sa.String(63), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.String(40), nullable=False),
        sa.Column("spent_nanos", sa.BigInteger(), nullable=False),
        sa.Column("held_nanos", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["budget"],
            ["budget.id"],
            name=op.f("fk_budget_share_budget_budget"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("budget", "start", "holder", name=op.f("pk_budget_share")),
    )
    op.create_table(
        "budget_notice",
        sa.Column("budget", sa.String(63), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("share", sa.Double(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["budget"],
            ["budget.id"],
            name=op.f("fk_budget_notice_budget_budget"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("budget", "start", "share", name=op.f("pk_budget_notice")),
    )


def downgrade() -> None:
    op.drop_table("budget_notice")
    op.drop_table("budget_share")
    op.drop_table("budget")
    op.drop_column("access_key", "limits")
