"""Finds the key that a command is about."""

from turnout.application.ports.access_keys import AccessKeys
from turnout.domain.governance.access_key import AccessKey
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import KeyId


async def known_key(keys: AccessKeys, id: KeyId) -> AccessKey:
    """Return the key called `id`. Raises DomainError `key.unknown`."""
    key = await keys.get(id)
    if key is None:
        raise unknown_key(id)
    return key


def unknown_key(id: str) -> DomainError:
    """Return the error for an id that no key has."""
    return DomainError("key.unknown", f"no access key {id!r}")
