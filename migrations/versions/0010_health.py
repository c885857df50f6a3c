"""What processes tell each other of deployments' health.

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "circuit_transition",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("worker", sa.String(120), nullable=False),
        sa.Column("deployment", sa.String(400), nullable=False),
        sa.Column("moved", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circuit_transition")),
    )
    op.create_table(
        "health_state",
        sa.Column("deployment", sa.String(400), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.String(120), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("cooldown_until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("deployment", name=op.f("pk_health_state")),
    )
    op.create_index(op.f("ix_health_state_seq"), "health_state", ["seq"])
    op.create_table(
        "health_tally",
        sa.Column("worker", sa.String(120), nullable=False),
        sa.Column("deployment", sa.String(400), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("slow", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("worker", "deployment", name=op.f("pk_health_tally")),
    )
    op.create_table(
        "health_sequence",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_health_sequence_only_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_sequence")),
    )


def downgrade() -> None:
    op.drop_table("health_sequence")
    op.drop_table("health_tally")
    op.drop_index(op.f("ix_health_state_seq"), table_name="health_state")
    op.drop_table("health_state")
    op.drop_table("circuit_transition")
