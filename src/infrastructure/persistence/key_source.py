"""LinkedKeySource: what has changed of the access keys, for those who check callers."""

from collections.abc import Sequence
from typing import Any

import msgspec

from turnout.application.ports.access_keys import KeyChanges
from turnout.domain.governance.access_key import AccessKey, KeySettings, TokenMark
from turnout.domain.governance.rate_limit import UNLIMITED, RateLimits
from turnout.domain.governance.scope import Scope
from turnout.domain.shared.ids import KeyId
from turnout.infrastructure.persistence.store_link import StoreLink

_CHANGES = (
    "SELECT version, id, name, team, project, scope, metadata, prefix, digest, former_prefix, "
    "former_digest, former_until, issued_at, expires_at, revoked_at, limits "
    "FROM access_key WHERE version > ? ORDER BY version"
)
_SCOPE = msgspec.json.Decoder(Scope)
_LIMITS = msgspec.json.Decoder(RateLimits)
_METADATA = msgspec.json.Decoder(dict[str, str])


class LinkedKeySource:
    """A KeySource behind a StoreLink."""

    def __init__(self, link: StoreLink) -> None:
        self._link = link

    async def changes(self, since: int) -> KeyChanges:
        """Return every key that has changed after version `since`; all of them after 0."""
        rows = await self._link.rows(_CHANGES, since)
        return KeyChanges(rows[-1][0] if rows else since, tuple(_key(row[1:]) for row in rows))


def _key(row: Sequence[Any]) -> AccessKey:
    id, name, team, project, scope, metadata, prefix, digest, *rest = row
    former_prefix, former_digest, former_until, issued_at, expires_at, revoked_at, limits = rest
    return AccessKey(
        KeyId(id),
        KeySettings(
            name,
            team,
            project,
            _SCOPE.decode(scope),
            _METADATA.decode(metadata),
            expires_at,
            UNLIMITED if limits is None else _LIMITS.decode(limits),
        ),
        TokenMark(prefix, digest),
        issued_at,
        TokenMark(former_prefix, former_digest) if former_prefix else None,
        former_until,
        revoked_at,
    )
