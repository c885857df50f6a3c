"""Time-outs that are not set, and those of a model's own.

What was stored before has a value in every column. One that equals the default of then counts as
not set, so that models which think have their longer default.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
DEFAULTS = {"first_token_seconds": 10.0, "between_tokens_seconds": 30.0}


def upgrade() -> None:
    op.add_column("deployment", sa.Column("timeouts", JSON, nullable=True))
    _set_nullable(True)
    for column, seconds in DEFAULTS.items():
        op.execute(f"UPDATE provider SET {column} = NULL WHERE {column} = {seconds}")


def downgrade() -> None:
    for column, seconds in DEFAULTS.items():
        op.execute(f"UPDATE provider SET {column} = {seconds} WHERE {column} IS NULL")
    _set_nullable(False)
    op.drop_column("deployment", "timeouts")


def _set_nullable(nullable: bool) -> None:
    with op.batch_alter_table("provider") as provider:
        for column in DEFAULTS:
            provider.alter_column(column, existing_type=sa.Double(), nullable=nullable)
