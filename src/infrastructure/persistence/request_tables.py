"""Relayed requests, as workers write them beside their attempts."""

from sqlalchemy import BigInteger, Double, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from turnout.infrastructure.persistence.tables import Schema


class StoredRequest(Schema):
    """One request, ended; see RequestRecord. `at` is when it ended, in seconds since 1970."""

    __tablename__ = "ledger_request"
    __table_args__ = (Index("ix_ledger_request_request", "request"),)

    batch: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[float] = mapped_column(Double)
    request: Mapped[str]
    operation: Mapped[str]
    streamed: Mapped[int] = mapped_column(SmallInteger)
    asked_model: Mapped[str]
    route: Mapped[str]
    key_id: Mapped[str | None]
    key_name: Mapped[str]
    team: Mapped[str | None]
    project: Mapped[str | None]
    provider: Mapped[str]
    model: Mapped[str]
    status: Mapped[int]
    error: Mapped[str | None]
    attempts: Mapped[int]
    seconds: Mapped[float] = mapped_column(Double)
    first_byte_seconds: Mapped[float | None] = mapped_column(Double)
    overhead_seconds: Mapped[float | None] = mapped_column(Double)
    cache: Mapped[str]
    rescued: Mapped[int]
    hedged: Mapped[int] = mapped_column(SmallInteger)
