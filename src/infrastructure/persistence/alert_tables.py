"""The tables of alerting. Times are seconds since 1970, 0 where there is none."""

from sqlalchemy import Double, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from turnout.infrastructure.persistence.tables import Schema

_Fingerprint = String(500)
_Word = String(32)


class StoredAlert(Schema):
    """An alert that is pending, firing, or was resolved lately."""

    __tablename__ = "alert"

    fingerprint: Mapped[str] = mapped_column(_Fingerprint, primary_key=True)
    rule: Mapped[str] = mapped_column(_Word)
    subject: Mapped[str] = mapped_column(String(460))
    group: Mapped[str] = mapped_column("group_name", String(200))
    severity: Mapped[str] = mapped_column(_Word)
    summary: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(_Word)
    since: Mapped[float] = mapped_column(Double)
    seen_at: Mapped[float] = mapped_column(Double)
    fired_at: Mapped[float] = mapped_column(Double)
    told_at: Mapped[float] = mapped_column(Double)
    resolved_at: Mapped[float] = mapped_column(Double)


class StoredSilence(Schema):
    """A silence; rule and subject are "" where it is of all."""

    __tablename__ = "alert_silence"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    rule: Mapped[str] = mapped_column(_Word)
    subject: Mapped[str] = mapped_column(String(460))
    until: Mapped[float] = mapped_column(Double)
    by: Mapped[str] = mapped_column("by_name", String(255))
    reason: Mapped[str] = mapped_column(Text)


class StoredNotice(Schema):
    """A notice for one channel. `due_at` is 0 once it was delivered, or will never be.

    `content` is a Notice as JSON.
    """

    __tablename__ = "alert_notice"

    id: Mapped[str] = mapped_column(_Fingerprint, primary_key=True)
    channel: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(_Word)
    at: Mapped[float] = mapped_column(Double)
    content: Mapped[str] = mapped_column(Text)
    due_at: Mapped[float] = mapped_column(Double, index=True)
    tries: Mapped[int] = mapped_column(Integer)
    delivered_at: Mapped[float] = mapped_column(Double)
    problem: Mapped[str] = mapped_column(Text)
