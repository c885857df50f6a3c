"""Users, admin tokens and sessions of the control plane; of secrets there are hashes alone."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from turnout.domain.governance.roles import Role
from turnout.infrastructure.persistence.tables import Name, Schema, one_of


class StoredUser(Schema):
    """A local user."""

    __tablename__ = "admin_user"
    __table_args__ = (one_of("role", Role),)

    name: Mapped[str] = mapped_column(Name, primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(255))


class StoredAdminToken(Schema):
    """An admin token; `expires_at` is in seconds since 1970."""

    __tablename__ = "admin_token"
    __table_args__ = (one_of("role", Role),)

    name: Mapped[str] = mapped_column(Name, primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[float | None] = mapped_column()


class StoredSession(Schema):
    """A session; times are in seconds since 1970. Without `role` it is a local user's."""

    __tablename__ = "admin_session"
    __table_args__ = (one_of("role", Role),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user: Mapped[str] = mapped_column("user_name", String(255), index=True)
    role: Mapped[str | None] = mapped_column(String(16))
    opened_at: Mapped[float] = mapped_column(index=True)
    seen_at: Mapped[float] = mapped_column()
