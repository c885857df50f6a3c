"""Access keys on SQL: changed by one transaction at a time, and read for people."""

from dataclasses import asdict, dataclass
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from turnout.application.ports.system import Clock
from turnout.domain.governance.access_key import AccessKey, KeySettings, TokenMark
from turnout.domain.governance.rate_limit import UNLIMITED, RateLimits
from turnout.domain.governance.scope import Scope
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import KeyId
from turnout.infrastructure.persistence.access_tables import StoredAccessKey
from turnout.infrastructure.persistence.engine import reading
from turnout.infrastructure.persistence.publication import one_at_a_time
from turnout.infrastructure.persistence.repositories import Record
from turnout.infrastructure.persistence.sql_work import Noting, SqlWork

_NEXT = select(func.coalesce(func.max(StoredAccessKey.version), 0) + 1)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the audit log tells of a key."""

    settings: KeySettings
    prefix: str
    former_until_seconds: float | None
    revoked_at_seconds: float | None

    @classmethod
    def of(cls, key: AccessKey) -> "_Shown":
        """Leave the digests out."""
        return cls(key.settings, key.token.prefix, key.former_until_seconds, key.revoked_at_seconds)


class SqlAccessKeys:
    """Keys in `access_key`, within the transaction that they were given."""

    def __init__(self, session: AsyncSession, record: Record) -> None:
        self._session = session
        self._record = record
        self._seen: dict[KeyId, tuple[StoredAccessKey, _Shown]] = {}

    async def get(self, id: KeyId) -> AccessKey | None:
        """Return the key, or None."""
        row = await self._session.get(StoredAccessKey, id)
        if row is None:
            return None
        key = _key(row)
        self._seen[id] = (row, _Shown.of(key))
        return key

    async def save(self, key: AccessKey) -> None:
        """Insert or update. Raises DomainError `key.changed_meanwhile`."""
        row, before = self._seen.get(key.id, (None, None))
        if row is None:
            row = StoredAccessKey(id=key.id)
            self._session.add(row)
        # Workers ask for what comes after the last version that they saw.
        await one_at_a_time(self._session)
        row.version = (await self._session.execute(_NEXT)).scalar_one()
        _fill(row, key)
        try:
            await self._session.flush()
        except (StaleDataError, IntegrityError) as error:
            raise DomainError(
                "key.changed_meanwhile",
                f"key {key.id!r} was changed by somebody else at the same time: read it again",
            ) from error
        shown = _Shown.of(key)
        self._record(f"key:{key.id}", key.collect(), before=before, after=shown)


class SqlKeyWork(SqlWork):
    """A KeyWork."""

    def __init__(self, engine: AsyncEngine, clock: Clock, noting: Noting | None = None) -> None:
        super().__init__(engine, clock, noting)
        self.keys = SqlAccessKeys(self._session, self._record)


class SqlKeyView:
    """A KeyView."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)

    async def list(self) -> list[AccessKey]:
        """Return all, also those that are good no longer, oldest first."""
        oldest_first = select(StoredAccessKey).order_by(
            StoredAccessKey.issued_at, StoredAccessKey.id
        )
        async with AsyncSession(self._engine) as session:
            return [_key(row) for row in await session.scalars(oldest_first)]

    async def get(self, id: KeyId) -> AccessKey | None:
        """Return one, or None."""
        async with AsyncSession(self._engine) as session:
            row = await session.get(StoredAccessKey, id)
            return None if row is None else _key(row)


def _fill(row: StoredAccessKey, key: AccessKey) -> None:
    settings, former = key.settings, key.former
    row.name = settings.name
    row.team = settings.team
    row.project = settings.project
    row.scope = _plain(settings.scope)
    row.labels = dict(settings.metadata)
    row.prefix, row.digest = key.token.prefix, key.token.digest
    row.former_prefix = None if former is None else former.prefix
    row.former_digest = None if former is None else former.digest
    row.former_until = key.former_until_seconds
    row.issued_at = key.issued_at_seconds
    row.expires_at = settings.expires_at_seconds
    row.revoked_at = key.revoked_at_seconds
    row.limits = asdict(settings.limits) if settings.limits else None


def _plain(scope: Scope) -> dict[str, Any]:
    text = msgspec.json.encode(scope, order="deterministic")  # sorts what is in sets too
    plain: dict[str, Any] = msgspec.json.decode(text)
    return plain


def _key(row: StoredAccessKey) -> AccessKey:
    former = None
    if row.former_prefix is not None and row.former_digest is not None:
        former = TokenMark(row.former_prefix, row.former_digest)
    return AccessKey(
        KeyId(row.id),
        KeySettings(
            row.name,
            row.team,
            row.project,
            msgspec.convert(row.scope, Scope),
            row.labels,
            row.expires_at,
            UNLIMITED if row.limits is None else msgspec.convert(row.limits, RateLimits),
        ),
        TokenMark(row.prefix, row.digest),
        row.issued_at,
        former,
        row.former_until,
        row.revoked_at,
    )
