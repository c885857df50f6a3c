"""The tables. What they refuse, the domain refuses first; the CHECKs are for other writers."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from turnout.application.ports.history import ChangedBy
from turnout.domain.inference.request import WireProtocol
from turnout.domain.routing.routing_policy import Strategy

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time on both databases; SQLite stores no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time, store UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give UTC back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
RowNumber = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers INTEGER keys only
Name = String(63)


class Schema(DeclarativeBase):
    """All tables; `Schema.metadata` is what migrations are compared with."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """Let `column` hold one of `values`."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def positive(column: str) -> CheckConstraint:
    """Let `column` hold more than 0."""
    return CheckConstraint(f"{column} > 0", name=column)


def _counting_changes(version: Mapped[int]) -> dict[str, object]:
    """Let a write fail whose row has another version than was read; repositories count it up."""
    return {"version_id_col": version, "version_id_generator": False}


class StoredProvider(Schema):
    """A provider. `version` counts its changes, so that none overwrites another unseen.

    Of `circuit`, `probe`, `concurrency` and `connecting`, no value means the defaults.
    """

    __tablename__ = "provider"
    __table_args__ = (
        one_of("protocol", WireProtocol),
        *(
            positive(column)
            for column in (
                "weight",
                "connect_seconds",
                "first_token_seconds",
                "between_tokens_seconds",
                "total_seconds",
            )
        ),
    )

    id: Mapped[str] = mapped_column(Name, primary_key=True)
    version: Mapped[int] = mapped_column()
    vendor: Mapped[str]
    protocol: Mapped[str] = mapped_column(String(32))
    base_url: Mapped[str]
    credential: Mapped[str | None]
    enabled: Mapped[bool]
    weight: Mapped[int]
    priority: Mapped[int]
    headers: Mapped[dict[str, str]] = mapped_column(Json)
    options: Mapped[dict[str, str]] = mapped_column(Json)
    connect_seconds: Mapped[float]
    first_token_seconds: Mapped[float | None]
    between_tokens_seconds: Mapped[float | None]
    total_seconds: Mapped[float]
    further_credentials: Mapped[list[str] | None] = mapped_column(Json)
    circuit: Mapped[dict[str, Any] | None] = mapped_column(Json)
    probe: Mapped[dict[str, Any] | None] = mapped_column(Json)
    concurrency: Mapped[dict[str, Any] | None] = mapped_column(Json)
    connecting: Mapped[dict[str, Any] | None] = mapped_column(Json)
    deployments: Mapped[list["StoredDeployment"]] = relationship(
        cascade="all, delete-orphan",
        order_by="StoredDeployment.position",
        lazy="selectin",
    )

    __mapper_args__ = _counting_changes(version)


class StoredDeployment(Schema):
    """A model at a provider; `price` is dollars per million tokens, as text to stay exact.

    `timeouts` holds those limits of its own that it has.
    """

    __tablename__ = "deployment"
    __table_args__ = (positive("context_window"), positive("max_output_tokens"))

    provider_id: Mapped[str] = mapped_column(
        ForeignKey("provider.id", ondelete="CASCADE"), primary_key=True
    )
    model: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    upstream: Mapped[str]
    aliases: Mapped[list[str]] = mapped_column(Json)
    capabilities: Mapped[list[str]] = mapped_column(Json)
    context_window: Mapped[int | None]
    max_output_tokens: Mapped[int | None]
    price: Mapped[dict[str, str] | None] = mapped_column(Json)
    timeouts: Mapped[dict[str, float] | None] = mapped_column(Json)


class StoredChain(Schema):
    """A fallback chain; `on_failures` is its own list of failure kinds, if it has one.

    `cache` holds those rules of its own for the cache that it has.
    """

    __tablename__ = "fallback_chain"
    __table_args__ = (
        one_of("strategy", Strategy),
        positive("deadline_seconds"),
        positive("max_attempts"),
    )

    id: Mapped[str] = mapped_column(Name, primary_key=True)
    version: Mapped[int] = mapped_column()
    strategy: Mapped[str] = mapped_column(String(32))
    deadline_seconds: Mapped[float]
    max_attempts: Mapped[int]
    on_failures: Mapped[list[str] | None] = mapped_column(Json)
    rescue: Mapped[bool] = mapped_column(server_default=true())
    cache: Mapped[dict[str, bool | float] | None] = mapped_column(Json)
    sticky: Mapped[dict[str, Any] | None] = mapped_column(Json)
    hedge: Mapped[dict[str, Any] | None] = mapped_column(Json)
    targets: Mapped[list["StoredTarget"]] = relationship(
        cascade="all, delete-orphan",
        order_by="StoredTarget.tier, StoredTarget.position",
        lazy="selectin",
    )

    __mapper_args__ = _counting_changes(version)


class StoredTarget(Schema):
    """A step of a chain. No foreign key: a chain may outlive a provider, and routing says so."""

    __tablename__ = "target"
    __table_args__ = (positive("weight"),)

    chain_id: Mapped[str] = mapped_column(
        ForeignKey("fallback_chain.id", ondelete="CASCADE"), primary_key=True
    )
    tier: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    provider: Mapped[str] = mapped_column(Name)
    model: Mapped[str | None]
    weight: Mapped[int]


class StoredDeclaration(Schema):
    """What the configuration file last said of an entry, as a digest."""

    __tablename__ = "declaration"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))


class StoredEvent(Schema):
    """What happened, oldest first. The last row's id is the revision that workers watch."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    aggregate: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)


class StoredPublication(Schema):
    """What workers live on: the whole catalog as of one revision, as JSON, in the only row."""

    __tablename__ = "publication"
    __table_args__ = (CheckConstraint("id = 1", name="only_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(BigInteger)
    document: Mapped[str] = mapped_column(Text)


class StoredPastRevision(Schema):
    """The catalog as it was after a change, as JSON, and what the change was."""

    __tablename__ = "past_revision"
    __table_args__ = (one_of("changed_by", ChangedBy),)

    revision: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(16))
    changes: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    document: Mapped[str] = mapped_column(Text)
