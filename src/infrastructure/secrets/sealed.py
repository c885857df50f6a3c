"""Sealed secrets: `sealed:` and what only the holder of the master key can open.

After the prefix, in base64 for URLs without padding: a byte for the version (1), 8 for the id of
the master key, 12 for the nonce, and what AES-256-GCM makes of the secret (NIST SP 800-38D). The
first 9 bytes are authenticated too.
"""

import base64
import binascii
from os import urandom

from turnout.application.ports.secret_store import SecretMissing
from turnout.infrastructure.secrets.master_key import MasterKey

PREFIX = "sealed:"
PURPOSE = "sealed"
"""What the key of the cipher is derived for."""
_VERSION = b"\x01"
_ID_BYTES = 8
_NONCE_BYTES = 12
_HEAD_BYTES = len(_VERSION) + _ID_BYTES


def seal(master: MasterKey, secret: str) -> str:
    """Return a reference to `secret` that may stand in a file or in the store."""
    return PREFIX + _written(sealed_bytes(master, secret.encode()))


def sealed_bytes(master: MasterKey, secret: bytes) -> bytes:
    """Return `secret` as the holder of `master` alone can open it."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    head, nonce = _VERSION + bytes.fromhex(master.id()), urandom(_NONCE_BYTES)
    return head + nonce + AESGCM(master.derive(PURPOSE)).encrypt(nonce, secret, head)


def unseal(master: MasterKey, reference: str) -> str:
    """Return the secret behind `reference`.

    Raises SecretMissing for what is no sealed secret, was sealed under another key, or was changed.
    """
    shown = f"{reference[: len(PREFIX) + 8]}..."
    text = reference.removeprefix(PREFIX)
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return opened_bytes(master, sealed).decode()
    except (binascii.Error, ValueError, UnicodeDecodeError) as error:
        reason = str(error) if isinstance(error, Unopened) else "it is no sealed secret"
        raise SecretMissing(shown, f"{shown} cannot be opened: {reason}") from None


class Unopened(ValueError):
    """Sealed bytes that this key does not open; the message says why."""


def opened_bytes(master: MasterKey, sealed: bytes) -> bytes:
    """Return what `sealed_bytes` was given. Raises Unopened."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    head, nonce = sealed[:_HEAD_BYTES], sealed[_HEAD_BYTES : _HEAD_BYTES + _NONCE_BYTES]
    if head[:1] != _VERSION or len(nonce) < _NONCE_BYTES:
        raise Unopened("it is no sealed secret")
    id = head[1:].hex()
    if id != master.id():
        raise Unopened(f"it was sealed under the master key {id}, and this is {master.id()}")
    cipher = sealed[_HEAD_BYTES + _NONCE_BYTES :]
    try:
        return AESGCM(master.derive(PURPOSE)).decrypt(nonce, cipher, head)
    except InvalidTag:
        raise Unopened("it has been changed") from None


def _written(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")
