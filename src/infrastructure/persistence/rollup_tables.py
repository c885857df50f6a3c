"""The ledger's sums: attempts added up by time and by whatever people ask for.

Money is whole billionths of a dollar; times are seconds. What has no team, project or key of its
own has "" there.
"""

from sqlalchemy import BigInteger, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from turnout.infrastructure.persistence.tables import Json, Name, Schema


class Rolled(Schema):
    """What every table of sums has: attempts in `resolution` seconds from `start` on, added up.

    `requests` counts requests by their first record, `answered` those of them that got an answer in
    the end, `saved` those of these that a later attempt than the first answered; `unpriced` are the
    records whose cost is unknown, `avoided_nanos` what cached and shared answers would have cost.
    `latency` and `first_token` are sketches of seconds, by MessagePack.
    """

    __abstract__ = True

    # First, also in the key: what is asked for is always a span of time.
    resolution: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-2)
    start: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, sort_order=-1
    )
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
    avoided_nanos: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    failures: Mapped[dict[str, int]] = mapped_column(Json)
    latency: Mapped[bytes] = mapped_column(LargeBinary)
    first_token: Mapped[bytes] = mapped_column(LargeBinary)


class StoredRollup(Rolled):
    """Of one key at one model on one route: enough for every question."""

    __tablename__ = "ledger_rollup"

    route: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(primary_key=True)
    key_name: Mapped[str] = mapped_column(primary_key=True)
    team: Mapped[str] = mapped_column(primary_key=True)
    project: Mapped[str] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(Name, primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)


class StoredTrafficRollup(Rolled):
    """Of one model on one route, whoever called: few rows, however many keys there are."""

    __tablename__ = "ledger_traffic_rollup"

    route: Mapped[str] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(Name, primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)


class StoredCallerRollup(Rolled):
    """Of one key, whatever it called."""

    __tablename__ = "ledger_caller_rollup"

    key_id: Mapped[str] = mapped_column(primary_key=True)
    key_name: Mapped[str] = mapped_column(primary_key=True)
    team: Mapped[str] = mapped_column(primary_key=True)
    project: Mapped[str] = mapped_column(primary_key=True)
