"""What a chain says itself of the cache: those that were stored before say nothing.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("fallback_chain", sa.Column("cache", JSON, nullable=True))


def downgrade() -> None:
    op.drop_column("fallback_chain", "cache")
