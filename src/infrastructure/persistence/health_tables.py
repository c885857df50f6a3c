"""The tables of health: what processes tell each other. Times are seconds since 1970."""

from sqlalchemy import BigInteger, CheckConstraint, Double, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from turnout.infrastructure.persistence.tables import RowNumber, Schema

DeploymentName = String(400)


class StoredTransition(Schema):
    """A circuit moved, or a cooldown began; `until` is 0 where nothing ends."""

    __tablename__ = "circuit_transition"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    at: Mapped[float] = mapped_column(Double)
    worker: Mapped[str] = mapped_column(String(120))
    deployment: Mapped[str] = mapped_column(DeploymentName)
    moved: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(16))
    until: Mapped[float] = mapped_column(Double)
    openings: Mapped[int] = mapped_column(Integer)


class StoredHealth(Schema):
    """The latest state of one deployment. `seq` rises with every change of any row."""

    __tablename__ = "health_state"

    deployment: Mapped[str] = mapped_column(DeploymentName, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, index=True)
    worker: Mapped[str] = mapped_column(String(120))
    at: Mapped[float] = mapped_column(Double)
    reason: Mapped[str] = mapped_column(String(16))
    openings: Mapped[int] = mapped_column(Integer)
    until: Mapped[float] = mapped_column(Double)
    cooldown_until: Mapped[float] = mapped_column(Double)


class StoredHealthSequence(Schema):
    """Where `seq` has come to, in the only row, which also lets writers take turns."""

    __tablename__ = "health_sequence"
    __table_args__ = (CheckConstraint("id = 1", name="only_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)


class StoredTally(Schema):
    """How the calls of a window went at one worker, as of `at`."""

    __tablename__ = "health_tally"

    worker: Mapped[str] = mapped_column(String(120), primary_key=True)
    deployment: Mapped[str] = mapped_column(DeploymentName, primary_key=True)
    at: Mapped[float] = mapped_column(Double)
    calls: Mapped[int] = mapped_column(Integer)
    failures: Mapped[int] = mapped_column(Integer)
    slow: Mapped[int] = mapped_column(Integer)
