"""Who may call: a presented key against the keys of the configuration and of the store."""

from collections.abc import Callable, Iterable
from hashlib import sha256

from turnout.application.snapshot.key_ring import KeyRing
from turnout.domain.governance.grant import ANONYMOUS, AccessDenied, Grant


class Admission:
    """Knows the static keys, those of the configuration, by their digests alone.

    Looking a digest up tells an attacker nothing of a key, however long the look-up takes. `ring`
    has the keys of the store; None where there is no store.
    """

    __slots__ = ("_grants", "_ring")

    def __init__(self, keys: Iterable[str], ring: KeyRing | None = None) -> None:
        self._ring = ring
        self.renew(keys)

    def renew(self, keys: Iterable[str]) -> None:
        """Know these static keys from now on, and no others; calls under way go on."""
        digests = [_digest(key) for key in keys]
        self._grants = {
            digest: Grant(f"static-{number}", digest.hex())
            for number, digest in enumerate(digests, start=1)
        }

    def grant(self, presented: str | None, source: Callable[[], str]) -> Grant:
        """Return what the bearer of `presented` may do who calls from the address of `source`.

        Raises AccessDenied, AccessUnknown.
        """
        if not self._grants and (self._ring is None or self._ring.is_empty()):
            return ANONYMOUS
        if not presented:
            raise AccessDenied("No access key: send it as 'Authorization: Bearer KEY'.")
        digest = _digest(presented)
        grant = self._grants.get(digest)
        if grant is not None:
            return grant
        if self._ring is None:
            raise AccessDenied("The access key is not known here.")
        return self._ring.grant(digest, presented, source)


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "surrogateescape")).digest()
