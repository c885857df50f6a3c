"""Access keys and secrets, wired: what callers are checked by, and what a start asks."""

from turnout.application.ports.system import Clock
from turnout.application.snapshot.key_ring import KeyRing
from turnout.bootstrap.plane_settings import PlaneSettings, SecretSettings
from turnout.infrastructure.persistence.key_source import LinkedKeySource
from turnout.infrastructure.persistence.master_key_check import agreed_key_id
from turnout.infrastructure.persistence.store_link import store_link
from turnout.infrastructure.secrets.access_tokens import PURPOSE, KeyedTokens
from turnout.infrastructure.secrets.managed import ManagedSecrets
from turnout.infrastructure.secrets.managers import secret_managers
from turnout.infrastructure.secrets.master_key import MasterKey
from turnout.infrastructure.secrets.sealed import unseal
from turnout.interfaces.cli.actions import BadConfiguration


def key_ring(settings: PlaneSettings, clock: Clock) -> KeyRing | None:
    """Return the ring of the store's keys; None where there is no master key to check them by."""
    if settings.master_key is None:
        return None
    return KeyRing(access_tokens(settings), clock, settings.keys_without_store_seconds)


def master_key(settings: PlaneSettings) -> MasterKey | None:
    """Return the installation's master key, if it has one."""
    return None if settings.master_key is None else MasterKey(settings.master_key)


def managed_secrets(settings: SecretSettings, clock: Clock) -> ManagedSecrets:
    """Return what secret managers keep; none of them is asked, or imported, before it is needed."""
    return ManagedSecrets(
        secret_managers(settings.timeout_seconds),
        clock,
        timeout_seconds=settings.timeout_seconds,
        refresh_seconds=settings.refresh_seconds,
    )


def access_tokens(settings: PlaneSettings) -> KeyedTokens:
    """Return what makes tokens. `settings` must have a master key."""
    assert settings.master_key is not None
    return KeyedTokens(MasterKey(settings.master_key), settings.digest_key)


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
        agreed = await agreed_key_id(link, key.id())
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
