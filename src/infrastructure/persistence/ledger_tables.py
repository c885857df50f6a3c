"""The ledger's tables: workers append to them, the control plane rolls them up.

Money is whole billionths of a dollar; times are seconds, `at` since 1970.
"""

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from turnout.infrastructure.persistence.tables import Json, Name, Schema


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


class StoredRollup(Schema):
    """Attempts of one key at one model in `resolution` seconds from `start` on, added up.

    `requests` counts requests by their first record, `answered` those of them that got an answer in
    the end, `saved` those of these that a later attempt than the first answered; `unpriced` are the
    records whose cost is unknown. `latency` and `first_token` are sketches of seconds, by
    MessagePack. What has no team, project or key of its own has "" there.
    """

    __tablename__ = "ledger_rollup"

    resolution: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    route: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(primary_key=True)
    key_name: Mapped[str] = mapped_column(primary_key=True)
    team: Mapped[str] = mapped_column(primary_key=True)
    project: Mapped[str] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(Name, primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    requests: Mapped[int] = mapped_column(BigInteger)
    answered: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(BigInteger)
    failed: Mapped[int] = mapped_column(BigInteger)
    abandoned: Mapped[int] = mapped_column(BigInteger)
    cached: Mapped[int] = mapped_column(BigInteger)
    shared: Mapped[int] = mapped_column(BigInteger)
    hedged: Mapped[int] = mapped_column(BigInteger)
    saved: Mapped[int] = mapped_column(BigInteger)
    unpriced: Mapped[int] = mapped_column(BigInteger)
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    cached_input_tokens: Mapped[int] = mapped_column(BigInteger)
    cache_write_tokens: Mapped[int] = mapped_column(BigInteger)
    reasoning_tokens: Mapped[int] = mapped_column(BigInteger)
    audio_input_tokens: Mapped[int] = mapped_column(BigInteger)
    audio_output_tokens: Mapped[int] = mapped_column(BigInteger)
    cost_nanos: Mapped[int] = mapped_column(BigInteger)
    failures: Mapped[dict[str, int]] = mapped_column(Json)
    latency: Mapped[bytes] = mapped_column(LargeBinary)
    first_token: Mapped[bytes] = mapped_column(LargeBinary)
