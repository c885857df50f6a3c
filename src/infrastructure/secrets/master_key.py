"""The master key: 32 random bytes, from which every other secret of Turnout's own is derived."""

import base64
import binascii
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes, token_hex

KEY_BYTES = 32
_FILE = "file:"
_MODE = 0o600
_EXPECTED = f"{KEY_BYTES} bytes as base64 or hexadecimal digits, or file:PATH to them"


class UnusableMasterKey(Exception):
    """A master key cannot be read or made; the message says where and why, and holds no key."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """Gives a key of its own to each purpose, so that none can be used in another's place."""

    secret: bytes = field(repr=False)

    def derive(self, purpose: str) -> bytes:
        """Return the 32 bytes for `purpose`: HKDF with SHA-256, RFC 5869, no salt."""
        # Imported here: most starts find no sealed secret and no access key in the store.
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        hkdf = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"turnout:{purpose}".encode())
        return hkdf.derive(self.secret)

    def id(self) -> str:
        """Return what tells this key from another and gives nothing of it away: 16 hex digits."""
        return self.derive("id")[:8].hex()


def read_master_key(text: str) -> MasterKey:
    """Return the key that `text` is, or that the file of `file:PATH` holds.

    Raises UnusableMasterKey.
    """
    if not text.startswith(_FILE):
        return _decoded(text, "the text")
    path = Path(text.removeprefix(_FILE))
    try:
        return _decoded(path.read_text(encoding="ascii"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not ASCII text"
        raise UnusableMasterKey(f"cannot read {path}: {reason}") from error


def kept_master_key(path: Path) -> MasterKey:
    """Return the key in the file at `path`, which is made if it is not there.

    Whoever of several makes it first decides. Raises UnusableMasterKey.
    """
    if not path.exists():
        try:
            _make(path)
        except OSError as error:
            raise UnusableMasterKey(f"cannot make {path}: {error.strerror}") from error
    return read_master_key(f"{_FILE}{path}")


def new_master_key() -> MasterKey:
    """Return a key that nobody had before."""
    return MasterKey(token_bytes(KEY_BYTES))


def written(key: MasterKey) -> str:
    """Return `key` as `read_master_key` takes it. It is a secret."""
    return base64.b64encode(key.secret).decode()


def _make(path: Path) -> None:
    # Linking puts the whole content in place at once, and fails where there is a file already.
    draft = path.with_name(f".{path.name}.{token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{written(new_master_key())}\n")
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _decoded(text: str, place: str) -> MasterKey:
    text = text.strip()
    with suppress(ValueError):
        secret = bytes.fromhex(text)
        if len(secret) == KEY_BYTES:
            return MasterKey(secret)
    try:
        secret = base64.b64decode(text.translate(_URL_SAFE), validate=True)
    except (binascii.Error, ValueError):
        raise UnusableMasterKey(f"{place} is no key: expected {_EXPECTED}") from None
    if len(secret) != KEY_BYTES:
        raise UnusableMasterKey(f"{place} holds {len(secret)} bytes, expected {_EXPECTED}")
    return MasterKey(secret)


_URL_SAFE = str.maketrans("-_", "+/")
