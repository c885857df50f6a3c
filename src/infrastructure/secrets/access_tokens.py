"""Tokens of access keys: `sk-to-<prefix>-<secret>`, kept as their prefix and a keyed digest."""

import hmac
import re
from hashlib import sha256
from secrets import token_hex, token_urlsafe

from turnout.application.ports.access_keys import MintedToken
from turnout.domain.governance.access_key import TokenMark
from turnout.domain.shared.ids import KeyId
from turnout.infrastructure.secrets.master_key import MasterKey

PURPOSE = "access-keys"
"""What the key of the digests is derived for."""
_SECRET_BYTES = 32
_TOKEN = re.compile(r"sk-to-([0-9a-f]{12})-[A-Za-z0-9_-]{43}")


class KeyedTokens:
    """AccessTokens by HMAC with SHA-256.

    The digests in a store that has leaked are worth nothing without the master key, and no token
    could be guessed from them with it: 256 random bits need no slow hash.
    """

    __slots__ = ("_derived", "_master")

    def __init__(self, master: MasterKey, digest_key: bytes | None = None) -> None:
        """`digest_key` is that of an earlier master key, None to derive it from this one."""
        self._master = master
        self._derived = digest_key

    def mint(self) -> MintedToken:
        """Return a token that cannot be guessed."""
        prefix = token_hex(6)
        text = f"sk-to-{prefix}-{token_urlsafe(_SECRET_BYTES)}"
        return MintedToken(text, TokenMark(prefix, self._digest(text)))

    def new_id(self) -> KeyId:
        """Return `key_` and hexadecimal digits."""
        return KeyId(f"key_{token_hex(8)}")

    def prefix(self, text: str) -> str | None:
        """Return the part of a token that it is found by; None for what is no token."""
        match = _TOKEN.fullmatch(text)
        return None if match is None else match.group(1)

    def is_marked(self, text: str, mark: TokenMark) -> bool:
        """Tell whether `mark` is this token's, in the same time for every wrong one."""
        return hmac.compare_digest(self._digest(text), mark.digest)

    def _digest(self, text: str) -> str:
        if self._derived is None:
            self._derived = self._master.derive(PURPOSE)
        return hmac.new(self._derived, text.encode("utf-8", "surrogateescape"), sha256).hexdigest()
