"""What a start asks of the store: whether it has access keys, and which master key is its."""

import asyncio

from turnout.infrastructure.persistence.key_source import LinkedKeySource
from turnout.infrastructure.persistence.master_key_check import StoredKeyId, agreed_key_id
from turnout.infrastructure.persistence.store_link import StoreLink, store_link
from turnout.infrastructure.secrets.access_tokens import PURPOSE
from turnout.infrastructure.secrets.master_key import MasterKey
from turnout.infrastructure.secrets.sealed import unseal
from turnout.interfaces.cli.actions import BadConfiguration

TRIES = 10
PAUSE_SECONDS = 0.5
"""A store that somebody has locked, or that comes up beside us, is waited for."""


async def has_access_keys(url: str) -> bool:
    """Tell whether the store has ever had an access key; False where it cannot be asked."""
    link = store_link(url)
    try:
        return bool((await LinkedKeySource(link).changes(0)).keys)
    except Exception:  # no store yet, or no such table: whoever must know refuses to start
        return False
    finally:
        await link.close()


async def agree_on_master_key(url: str, key: MasterKey) -> bytes:
    """See to it that the store was set up with `key`; return what digests of access keys are made
    with. Raises BadConfiguration if it was set up with another one."""
    link = store_link(url)
    try:
        agreed = await _agreed(link, key)
    finally:
        await link.close()
    if agreed.key_id != key.id():
        raise BadConfiguration(
            [
                f"server.master_key: found the key {key.id()}, expected {agreed.key_id}, which "
                "the store was set up with: give every replica the same, or access keys and "
                "sealed secrets would be good at one of them only"
            ]
        )
    if agreed.digest_key is None:
        return key.derive(PURPOSE)
    return bytes.fromhex(unseal(key, agreed.digest_key))


async def _agreed(link: StoreLink, key: MasterKey) -> StoredKeyId:
    for _ in range(TRIES):
        try:
            return await agreed_key_id(link, key.id())
        except Exception:
            await asyncio.sleep(PAUSE_SECONDS)
    return await agreed_key_id(link, key.id())
