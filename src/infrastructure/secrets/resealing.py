"""Sealing everything in texts anew, under another master key."""

import base64
import binascii
import re
from dataclasses import dataclass, field

from turnout.infrastructure.secrets.master_key import MasterKey
from turnout.infrastructure.secrets.sealed import PREFIX, seal, unseal

_SEALED = re.compile(rf"{PREFIX}[A-Za-z0-9_-]+")


@dataclass(slots=True)
class Resealing:
    """Seals under `new` what was sealed under `old`; the same reference always becomes the same."""

    old: MasterKey
    new: MasterKey
    _done: dict[str, str] = field(default_factory=dict, init=False, repr=False)

    def __call__(self, text: str) -> str:
        """Return `text` with every sealed secret sealed anew; those that are already stay.

        Raises SecretMissing for one that neither key opens.
        """
        return _SEALED.sub(lambda match: self._again(match.group()), text)

    def count_in(self, text: str) -> int:
        """Return how many secrets of `text` are not under the new key."""
        return sum(not is_under(self.new, found) for found in _SEALED.findall(text))

    def _again(self, reference: str) -> str:
        if is_under(self.new, reference):
            return reference
        if reference not in self._done:
            self._done[reference] = seal(self.new, unseal(self.old, reference))
        return self._done[reference]


def is_under(master: MasterKey, reference: str) -> bool:
    """Tell whether `reference` names `master` as the key that it was sealed under."""
    text = reference.removeprefix(PREFIX)[:12]  # 9 bytes: the version and the id
    try:
        return base64.b64decode(text, altchars=b"-_")[1:].hex() == master.id()
    except binascii.Error:
        return False
