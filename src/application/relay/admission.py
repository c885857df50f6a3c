"""Who may call: a presented key against the keys that were set."""

from collections.abc import Iterable
from hashlib import sha256

from turnout.domain.governance.grant import ANONYMOUS, AccessDenied, Grant


class Admission:
    """Knows the static access keys by their digests alone.

    Looking a digest up tells an attacker nothing of a key, however long the look-up takes.
    """

    __slots__ = ("_grants",)

    def __init__(self, keys: Iterable[str]) -> None:
        self.renew(keys)

    def renew(self, keys: Iterable[str]) -> None:
        """Know these keys from now on, and no others; calls under way are not asked again."""
        digests = [_digest(key) for key in keys]
        self._grants = {
            digest: Grant(f"static-{number}", digest.hex())
            for number, digest in enumerate(digests, start=1)
        }

    def grant(self, presented: str | None) -> Grant:
        """Return what the bearer of `presented` may do. Raises AccessDenied."""
        if not self._grants:
            return ANONYMOUS
        if not presented:
            raise AccessDenied("No access key: send it as 'Authorization: Bearer KEY'.")
        grant = self._grants.get(_digest(presented))
        if grant is None:
            raise AccessDenied("The access key is not known here.")
        return grant


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "surrogateescape")).digest()
