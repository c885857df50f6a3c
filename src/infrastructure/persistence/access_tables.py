"""Access keys, and which master key their digests are made with."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from turnout.infrastructure.persistence.tables import Json, Schema


class StoredAccessKey(Schema):
    """An access key; of its tokens there are digests alone. Times are in seconds since 1970.

    `version` is that of all keys together: a change takes the next one, so that workers can ask for
    what is new. A key is never deleted: workers must see that it was revoked.
    """

    __tablename__ = "access_key"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, unique=True)
    name: Mapped[str] = mapped_column(String(120))
    team: Mapped[str | None] = mapped_column(String(120))
    project: Mapped[str | None] = mapped_column(String(120))
    scope: Mapped[dict[str, Any]] = mapped_column(Json)
    labels: Mapped[dict[str, str]] = mapped_column("metadata", Json)
    prefix: Mapped[str] = mapped_column(String(40), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    former_prefix: Mapped[str | None] = mapped_column(String(40))
    former_digest: Mapped[str | None] = mapped_column(String(64))
    former_until: Mapped[float | None] = mapped_column()
    issued_at: Mapped[float] = mapped_column()
    expires_at: Mapped[float | None] = mapped_column()
    revoked_at: Mapped[float | None] = mapped_column()
    limits: Mapped[dict[str, int | None] | None] = mapped_column(Json)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012


class StoredMasterKey(Schema):
    """The id of the store's master key, in the only row; never the key.

    `digest_key` is what digests of access keys are made with, sealed under it; None while that is
    derived from it.
    """

    __tablename__ = "master_key"
    __table_args__ = (CheckConstraint("id = 1", name="only_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key_id: Mapped[str] = mapped_column(String(16))
    digest_key: Mapped[str | None] = mapped_column(String(255))
