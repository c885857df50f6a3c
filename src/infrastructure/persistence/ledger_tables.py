"""The ledger's tables: workers append to them, the control plane adds them up (rollup_tables.py).

Money is whole billionths of a dollar; times are seconds, `at` since 1970.
"""

from sqlalchemy import BigInteger, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from turnout.infrastructure.persistence.tables import Name, Schema


class StoredBatch(Schema):
    """Records that a worker wrote together. `rolled` is 1 once rollups have them.

    Its number is the worker's own, so that a batch which is written twice is there once; see
    batch_numbers.py.
    """

    __tablename__ = "ledger_batch"
    __table_args__ = (Index("ix_ledger_batch_rolled_id", "rolled", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[float]
    rolled: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))


class StoredAttempt(Schema):
    """One attempt. Tokens are NULL where the provider told none, `cost_nanos` where no price is.

    `avoided_nanos` is what an answer would have cost that came from the cache or from somebody
    else's attempt.

    Numbers of batches grow with time, so the key alone serves for what happened when.
    """

    __tablename__ = "ledger_attempt"
    __table_args__ = (
        Index("ix_ledger_attempt_request", "request"),
        {"sqlite_with_rowid": False},
    )

    batch: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[float]
    request: Mapped[str]
    number: Mapped[int]
    route: Mapped[str]
    key_id: Mapped[str | None]
    key_name: Mapped[str]
    team: Mapped[str | None]
    project: Mapped[str | None]
    provider: Mapped[str] = mapped_column(Name)
    model: Mapped[str]
    account: Mapped[int]
    outcome: Mapped[str]
    failure: Mapped[str | None]
    status: Mapped[int | None]
    seconds: Mapped[float]
    first_token_seconds: Mapped[float | None]
    input_tokens: Mapped[int | None]
    output_tokens: Mapped[int | None]
    cached_input_tokens: Mapped[int | None]
    cache_write_tokens: Mapped[int | None]
    reasoning_tokens: Mapped[int | None]
    audio_input_tokens: Mapped[int | None]
    audio_output_tokens: Mapped[int | None]
    cost_nanos: Mapped[int | None] = mapped_column(BigInteger)
    avoided_nanos: Mapped[int | None] = mapped_column(BigInteger)
