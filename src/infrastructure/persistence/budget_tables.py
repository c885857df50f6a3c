"""Budgets, and who has spent or holds how much of them.

Money is whole billionths of a dollar; times are seconds since 1970.
"""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from turnout.domain.governance.budget import BudgetKind, UnknownPrice, Window
from turnout.infrastructure.persistence.tables import Json, Schema, one_of


class StoredBudget(Schema):
    """A budget. Whoever lends of it writes `loans` first, so that one lends at a time."""

    __tablename__ = "budget"
    __table_args__ = (
        one_of("kind", BudgetKind),
        one_of("span", Window),
        one_of("unknown_price", UnknownPrice),
        CheckConstraint("limit_nanos > 0", name="limit_nanos"),
    )

    id: Mapped[str] = mapped_column(String(63), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(120))
    span: Mapped[str] = mapped_column(String(10))
    limit_nanos: Mapped[int] = mapped_column(BigInteger)
    hard: Mapped[int]
    alerts: Mapped[list[float]] = mapped_column(Json)
    unknown_price: Mapped[str] = mapped_column(String(10))
    loans: Mapped[int] = mapped_column(BigInteger)


class StoredShare(Schema):
    """What one process has spent of a window's budget, and what it holds until when.

    Only that process writes it, and always whole numbers, so that writing twice changes nothing.
    """

    __tablename__ = "budget_share"

    budget: Mapped[str] = mapped_column(
        ForeignKey("budget.id", ondelete="CASCADE"), primary_key=True
    )
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    holder: Mapped[str] = mapped_column(String(40), primary_key=True)
    spent_nanos: Mapped[int] = mapped_column(BigInteger)
    held_nanos: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[float]


class StoredNotice(Schema):
    """A share of a window's budget that has been told of: once, however many look."""

    __tablename__ = "budget_notice"

    budget: Mapped[str] = mapped_column(
        ForeignKey("budget.id", ondelete="CASCADE"), primary_key=True
    )
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    share: Mapped[float] = mapped_column(primary_key=True, autoincrement=False)
