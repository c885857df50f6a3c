"""What access keys are checked by, once the master key is no longer that of the first start.

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("master_key", sa.Column("digest_key", sa.String(255), nullable=True))


def downgrade() -> None:
    op.drop_column("master_key", "digest_key")
