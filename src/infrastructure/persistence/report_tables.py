"""What processes tell of themselves for metrics."""

from sqlalchemy import Double, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from turnout.infrastructure.persistence.tables import Schema


class StoredReport(Schema):
    """The latest report of one process, as of `at` seconds since 1970, in JSON.

    `folded` is the report that the sum of all that ended has already; the row of that sum has no
    worker's name.
    """

    __tablename__ = "worker_report"

    worker: Mapped[str] = mapped_column(String(140), primary_key=True)
    at: Mapped[float] = mapped_column(Double)
    body: Mapped[str] = mapped_column(Text)
    folded: Mapped[str | None] = mapped_column(Text)
