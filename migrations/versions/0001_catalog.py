"""Providers, chains, what the configuration file declares, and what has happened.

Revision 0001, the first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.String(63)


def upgrade() -> None:
    op.create_table(
        "provider",
        sa.Column("id", NAME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("protocol", sa.String(32), nullable=False),
        sa.Column("base_url", sa.String(), nullable=False),
        sa.Column("credential", sa.String(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("headers", JSON, nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("connect_seconds", sa.Double(), nullable=False),
        sa.Column("first_token_seconds", sa.Double(), nullable=False),
        sa.Column("between_tokens_seconds", sa.Double(), nullable=False),
        sa.Column("total_seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_provider"),
        sa.CheckConstraint(
            "protocol IN ('openai_chat', 'anthropic_messages', 'gemini')",
            name=op.f("ck_provider_protocol"),
        ),
        *_positive(
            "provider",
            "weight",
            "connect_seconds",
            "first_token_seconds",
            "between_tokens_seconds",
            "total_seconds",
        ),
    )
    op.create_table(
        "deployment",
        sa.Column("provider_id", NAME, nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("upstream", sa.String(), nullable=False),
        sa.Column("aliases", JSON, nullable=False),
        sa.Column("capabilities", JSON, nullable=False),
        sa.Column("context_window", sa.Integer(), nullable=True),
        sa.Column("max_output_tokens", sa.Integer(), nullable=True),
        sa.Column("price", JSON, nullable=True),
        sa.PrimaryKeyConstraint("provider_id", "model", name="pk_deployment"),
        *_positive("deployment", "context_window", "max_output_tokens"),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["provider.id"],
            name="fk_deployment_provider_id_provider",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "fallback_chain",
        sa.Column("id", NAME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("strategy", sa.String(32), nullable=False),
        sa.Column("deadline_seconds", sa.Double(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("on_failures", JSON, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_fallback_chain"),
        sa.CheckConstraint("strategy IN ('weighted')", name=op.f("ck_fallback_chain_strategy")),
        *_positive("fallback_chain", "deadline_seconds", "max_attempts"),
    )
    op.create_table(
        "target",
        sa.Column("chain_id", NAME, nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("provider", NAME, nullable=False),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "tier", "position", name="pk_target"),
        *_positive("target", "weight"),
        sa.ForeignKeyConstraint(
            ["chain_id"],
            ["fallback_chain.id"],
            name="fk_target_chain_id_fallback_chain",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "declaration",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_declaration"),
    )
    op.create_table(
        "event",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("aggregate", sa.String(80), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )


def downgrade() -> None:
    for table in ("event", "declaration", "target", "fallback_chain", "deployment", "provider"):
        op.drop_table(table)


def _positive(table: str, *columns: str) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(f"{column} > 0", name=op.f(f"ck_{table}_{column}")) for column in columns
    ]
