"""Sealing everything in a text anew, under another master key."""

import base64
import binascii
import re

from turnout.infrastructure.secrets.master_key import MasterKey
from turnout.infrastructure.secrets.sealed import PREFIX, seal, unseal

_SEALED = re.compile(rf"{PREFIX}[A-Za-z0-9_-]+")


def resealed(text: str, old: MasterKey, new: MasterKey) -> tuple[str, int]:
    """Return `text` with every sealed secret sealed under `new`, and how many there were.

    Those that are under `new` already stay. Raises SecretMissing for one that neither key opens.
    """
    count = 0

    def again(match: re.Match[str]) -> str:
        nonlocal count
        reference = match.group()
        if is_under(new, reference):
            return reference
        count += 1
        return seal(new, unseal(old, reference))

    return _SEALED.sub(again, text), count


def is_under(master: MasterKey, reference: str) -> bool:
    """Tell whether `reference` names `master` as the key that it was sealed under."""
    text = reference.removeprefix(PREFIX)[:12]  # 9 bytes: the version and the id
    try:
        return base64.b64decode(text, altchars=b"-_")[1:].hex() == master.id()
    except binascii.Error:
        return False
