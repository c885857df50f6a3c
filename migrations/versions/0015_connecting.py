"""How connections to a provider are made: its authorities, our certificate, which addresses.

What was stored before says nothing of it, which means the defaults.

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("provider", sa.Column("connecting", JSON, nullable=True))


def downgrade() -> None:
    op.drop_column("provider", "connecting")
