"""The catalog as it was after each change: what a rollback brings back.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "past_revision",
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(16), nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name="pk_past_revision"),
        sa.CheckConstraint(
            "changed_by IN ('file', 'api', 'rollback', 'unknown')",
            name=op.f("ck_past_revision_changed_by"),
        ),
    )


def downgrade() -> None:
    op.drop_table("past_revision")
