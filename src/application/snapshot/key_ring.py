"""KeyRing: every access key of the store, as far as checking a caller needs it."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from turnout.application.ports.access_keys import AccessTokens, KeyChanges
from turnout.application.ports.system import Clock
from turnout.domain.governance.access_key import AccessKey, TokenMark
from turnout.domain.governance.grant import AccessDenied, AccessUnknown, Grant
from turnout.domain.shared.ids import KeyId

MOST_ACCEPTED = 10_000
STALE_SECONDS = 5.0
"""After so long without a word from the store, a token that is not known may be a new one."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A token on the ring; `until_seconds` since 1970, `ended` says why it is good no longer."""

    mark: TokenMark
    grant: Grant
    until_seconds: float
    ended: str


class KeyRing:
    """Changes with the store, asks nothing of it, and outlives it: what was read stays good.

    After `trust_seconds` without a word from the store, nobody can know what was revoked meanwhile,
    and no key is good until it is back. `accepted` remembers digests of tokens that were checked.
    """

    __slots__ = (
        "_accepted",
        "_by_prefix",
        "_clock",
        "_heard",
        "_prefixes",
        "_tokens",
        "_trust",
        "version",
    )

    def __init__(self, tokens: AccessTokens, clock: Clock, trust_seconds: float) -> None:
        self._tokens = tokens
        self._clock = clock
        self._trust = trust_seconds
        self._heard = -inf
        self._prefixes: dict[KeyId, tuple[str, ...]] = {}
        self._by_prefix: dict[str, _Held] = {}
        self._accepted: dict[bytes, _Held] = {}
        self.version = 0

    def take(self, changes: KeyChanges) -> None:
        """Know what the store says now."""
        self._heard = self._clock.monotonic_seconds()
        self.version = changes.version
        for key in changes.keys:
            for prefix in self._prefixes.get(key.id, ()):
                self._by_prefix.pop(prefix, None)
            tokens = {held.mark.prefix: held for held in _held(key)}
            self._prefixes[key.id] = tuple(tokens)
            self._by_prefix.update(tokens)
        if changes.keys:
            self._accepted.clear()

    def presume_empty(self) -> None:
        """Begin without keys: the store is being made, so there is none to read yet."""
        self._heard = self._clock.monotonic_seconds()

    def is_known(self) -> bool:
        """Tell whether it is known which keys there are."""
        return self._heard != -inf

    def is_empty(self) -> bool:
        """Tell whether there has never been a key. Raises AccessUnknown while that is not known."""
        if not self.is_known():
            raise AccessUnknown("The access keys have not been read yet; try again shortly.")
        return not self._prefixes

    def grant(self, digest: bytes, presented: str, source: Callable[[], str]) -> Grant:
        """Return what the bearer of `presented`, whose digest is `digest`, may do.

        Raises AccessDenied, AccessUnknown.
        """
        held = self._accepted.get(digest) or self._found(digest, presented)
        if self._clock.epoch_seconds() >= held.until_seconds:
            raise AccessDenied(held.ended)
        grant = held.grant
        if grant.scope.networks and not grant.scope.allows_source(source()):
            raise AccessDenied("The access key may not be used from this address.")
        if self._silent_seconds() > self._trust:
            raise AccessUnknown("The access keys could not be read for too long; try again later.")
        return grant

    def _silent_seconds(self) -> float:
        return self._clock.monotonic_seconds() - self._heard

    def _found(self, digest: bytes, presented: str) -> _Held:
        if self.is_empty():
            raise AccessDenied("The access key is not known here.")
        prefix = self._tokens.prefix(presented)
        held = None if prefix is None else self._by_prefix.get(prefix)
        if prefix is not None and held is None and self._silent_seconds() > STALE_SECONDS:
            raise AccessUnknown("The access key cannot be looked up now; try again shortly.")
        if held is None or not self._tokens.is_marked(presented, held.mark):
            raise AccessDenied("The access key is not known here.")
        if len(self._accepted) >= MOST_ACCEPTED:
            self._accepted.clear()
        self._accepted[digest] = held
        return held


def _held(key: AccessKey) -> list[_Held]:
    settings = key.settings
    grant = Grant(
        settings.name,
        key=key.id,
        team=settings.team,
        project=settings.project,
        scope=settings.scope,
        limits=settings.limits,
    )
    if key.revoked_at_seconds is not None:
        end, ended = -inf, "The access key is revoked."
    else:
        end, ended = settings.expires_at_seconds or inf, "The access key has expired."
    tokens = [_Held(key.token, grant, end, ended)]
    if key.former is not None and key.former_until_seconds is not None:
        if key.former_until_seconds < end:
            end, ended = key.former_until_seconds, "The access key has been replaced by a new one."
        tokens.append(_Held(key.former, grant, end, ended))
    return tokens
