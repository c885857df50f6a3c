"""Access keys, and the id of the master key that their digests are made with.

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "access_key",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("team", sa.String(120), nullable=True),
        sa.Column("project", sa.String(120), nullable=True),
        sa.Column("scope", JSON, nullable=False),
        sa.Column("metadata", JSON, nullable=False),
        sa.Column("prefix", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("former_prefix", sa.String(40), nullable=True),
        sa.Column("former_digest", sa.String(64), nullable=True),
        sa.Column("former_until", sa.Double(), nullable=True),
        sa.Column("issued_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=True),
        sa.Column("revoked_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_key")),
        sa.UniqueConstraint("version", name=op.f("uq_access_key_version")),
        sa.UniqueConstraint("prefix", name=op.f("uq_access_key_prefix")),
    )
    op.create_table(
        "master_key",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_master_key")),
        sa.CheckConstraint("id = 1", name=op.f("ck_master_key_only_row")),
    )


def downgrade() -> None:
    op.drop_table("master_key")
    op.drop_table("access_key")
