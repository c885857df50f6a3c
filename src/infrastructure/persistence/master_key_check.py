"""Whether a process has the master key that the store was set up with."""

from turnout.infrastructure.persistence.store_link import Statement, StoreLink

_FIRST = "INSERT INTO master_key (id, key_id) VALUES (1, ?) ON CONFLICT (id) DO NOTHING"
_FOUND = "SELECT key_id FROM master_key"


async def agreed_key_id(link: StoreLink, key_id: str) -> str:
    """Return the id of the store's master key: `key_id`, if the store had none yet.

    Raises what the driver raises.
    """
    rows = await link.rows(_FOUND)
    if not rows:
        await link.write(Statement(_FIRST, [(key_id,)]))
        rows = await link.rows(_FOUND)
    return str(rows[0][0])
