"""Users, admin tokens and sessions of the control plane, and an audit log that only grows.

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROLES = "role IN ('admin', 'operator', 'viewer', 'auditor')"


def upgrade() -> None:
    op.create_table(
        "admin_user",
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.CheckConstraint(ROLES, name=op.f("ck_admin_user_role")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_admin_user")),
    )
    op.create_table(
        "admin_token",
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=True),
        sa.CheckConstraint(ROLES, name=op.f("ck_admin_token_role")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_admin_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_admin_token_digest")),
    )
    _create_sessions()
    op.create_table(
        "audit_line",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_line")),
    )
    _only_grows()


def downgrade() -> None:
    op.drop_table("audit_line")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_line_only_grows()")
    for table in ("admin_session", "admin_token", "admin_user"):
        op.drop_table(table)


def _create_sessions() -> None:
    op.create_table(
        "admin_session",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("user_name", sa.String(255), nullable=False),
        sa.Column("role", sa.String(16), nullable=True),
        sa.Column("opened_at", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.CheckConstraint(ROLES, name=op.f("ck_admin_session_role")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_admin_session")),
    )
    for column in ("user_name", "opened_at"):
        op.create_index(op.f(f"ix_admin_session_{column}"), "admin_session", [column])


def _only_grows() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_line_no_{change.lower()} BEFORE {change} ON audit_line "
                "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION audit_line_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log only grows'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_line_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_line "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_line_only_grows()"
    )
