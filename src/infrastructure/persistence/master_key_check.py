"""Which master key the store was set up with."""

from typing import NamedTuple

from turnout.infrastructure.persistence.store_link import Statement, StoreLink

_FIRST = "INSERT INTO master_key (id, key_id) VALUES (1, ?) ON CONFLICT (id) DO NOTHING"
_FOUND = "SELECT key_id, digest_key FROM master_key"
_OTHER = "UPDATE master_key SET key_id = ?, digest_key = ?"


class StoredKeyId(NamedTuple):
    """The id of the store's master key; `digest_key` is a sealed secret, None for a derived one."""

    key_id: str
    digest_key: str | None


async def agreed_key_id(link: StoreLink, key_id: str) -> StoredKeyId:
    """Return what the store says of its master key; `key_id` is its, if it had none yet.

    Raises what the driver raises.
    """
    rows = await link.rows(_FOUND)
    if not rows:
        await link.write(Statement(_FIRST, [(key_id,)]))
        rows = await link.rows(_FOUND)
    return StoredKeyId(*rows[0])


async def change_key_id(link: StoreLink, key: StoredKeyId) -> None:
    """Let the store be one of this key's from now on."""
    await link.write(Statement(_OTHER, [tuple(key)]))
