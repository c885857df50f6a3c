"""AccessKey: the right to call, given to somebody under a name of theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from turnout.domain.governance.events import (
    AccessKeyIssued,
    AccessKeyRevised,
    AccessKeyRevoked,
    AccessKeyRotated,
)
from turnout.domain.governance.rate_limit import UNLIMITED, RateLimits
from turnout.domain.governance.scope import ANYTHING, Scope
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.events import Recorder
from turnout.domain.shared.ids import KeyId

LONGEST_NAME = 120
MOST_METADATA = 50


@dataclass(frozen=True, slots=True)
class TokenMark:
    """What is kept of a token: the part that it is found by, and a keyed digest of the whole."""

    prefix: str
    digest: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeySettings:
    """All that the operator says of a key. `expires_at_seconds` counts from 1970."""

    name: str
    team: str | None = None
    project: str | None = None
    scope: Scope = ANYTHING
    metadata: Mapping[str, str] = field(default_factory=dict)
    expires_at_seconds: float | None = None
    limits: RateLimits = UNLIMITED


@dataclass(slots=True, eq=False)
class AccessKey(Recorder):
    """Aggregate root. At most two tokens are good: the current one, and for a while the one before.

    Times are seconds since 1970.
    """

    id: KeyId
    settings: KeySettings
    token: TokenMark
    issued_at_seconds: float
    former: TokenMark | None = None
    former_until_seconds: float | None = None
    revoked_at_seconds: float | None = None

    @classmethod
    def issue(
        cls, id: KeyId, settings: KeySettings, token: TokenMark, now_seconds: float
    ) -> "AccessKey":
        """Make a key. Raises DomainError `key.name`, `key.metadata`, `key.expired`."""
        _check(settings)
        if settings.expires_at_seconds is not None and settings.expires_at_seconds <= now_seconds:
            raise DomainError("key.expired", f"key {settings.name!r}: it would be expired already")
        key = cls(id, settings, token, now_seconds)
        key.record(AccessKeyIssued(id, settings.name))
        return key

    def revise(self, settings: KeySettings) -> tuple[str, ...]:
        """Take new settings whole; return the names of those that changed.

        An expiry in the past ends the key now. Raises DomainError `key.revoked`, `key.*`.
        """
        self._refuse_if_revoked()
        _check(settings)
        changed = tuple(
            f.name
            for f in fields(settings)
            if getattr(settings, f.name) != getattr(self.settings, f.name)
        )
        if changed:
            self.settings = settings
            self.record(AccessKeyRevised(self.id, changed))
        return changed

    def rotate(self, token: TokenMark, now_seconds: float, overlap_seconds: float) -> None:
        """Let `token` be good at once, and the present one for `overlap_seconds` more.

        One that was on its way out before is good no longer. Raises DomainError `key.revoked`,
        `key.overlap`.
        """
        self._refuse_if_revoked()
        if overlap_seconds < 0:
            raise DomainError("key.overlap", f"overlap is {overlap_seconds:g} s, expected >= 0")
        self.former = self.token if overlap_seconds > 0 else None
        self.former_until_seconds = now_seconds + overlap_seconds if self.former else None
        self.token = token
        self.record(AccessKeyRotated(self.id, overlap_seconds))

    def revoke(self, now_seconds: float) -> None:
        """End the key, both tokens, for ever. Raises DomainError `key.revoked`."""
        self._refuse_if_revoked()
        self.revoked_at_seconds = now_seconds
        self.record(AccessKeyRevoked(self.id))

    def _refuse_if_revoked(self) -> None:
        if self.revoked_at_seconds is not None:
            raise DomainError("key.revoked", f"key {self.id!r} ({self.settings.name}) is revoked")


def _check(settings: KeySettings) -> None:
    for place in ("name", "team", "project"):
        text = getattr(settings, place)
        if text is not None and not (text.strip() and len(text) <= LONGEST_NAME):
            raise DomainError(
                f"key.{place}",
                f"{place}: found {text[:LONGEST_NAME]!r}, expected 1 to {LONGEST_NAME} characters",
            )
    if len(settings.metadata) > MOST_METADATA:
        raise DomainError(
            "key.metadata",
            f"metadata: found {len(settings.metadata)} entries, expected at most {MOST_METADATA}",
        )
