"""Rules and further credentials of providers; sticky and hedging chains, and more strategies.

What was stored before says nothing of them, which means the defaults. Going back, a chain with
another strategy becomes a weighted one, since there was no other.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
COLUMNS = {
    "provider": ("further_credentials", "circuit", "probe", "concurrency"),
    "fallback_chain": ("sticky", "hedge"),
}
BEFORE = ("weighted",)
STRATEGIES = ("weighted", "least_in_flight", "fastest", "cheapest", "headroom", "sticky")


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for column in columns:
            op.add_column(table, sa.Column(column, JSON, nullable=True))
    _allow(STRATEGIES)


def downgrade() -> None:
    op.execute("UPDATE fallback_chain SET strategy = 'weighted'")
    _allow(BEFORE)
    for table, columns in COLUMNS.items():
        for column in reversed(columns):
            op.drop_column(table, column)


def _allow(strategies: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{strategy}'" for strategy in strategies)
    name = op.f("ck_fallback_chain_strategy")
    with op.batch_alter_table("fallback_chain") as chains:
        chains.drop_constraint(name, type_="check")
        chains.create_check_constraint(name, f"strategy IN ({listed})")
