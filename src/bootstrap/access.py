"""Access keys and secrets, wired: what callers are checked by, and what references lead to."""

from turnout.application.ports.system import Clock
from turnout.application.snapshot.key_ring import KeyRing
from turnout.bootstrap.plane_settings import PlaneSettings, SecretSettings
from turnout.infrastructure.secrets.access_tokens import KeyedTokens
from turnout.infrastructure.secrets.managed import ManagedSecrets
from turnout.infrastructure.secrets.managers import secret_managers
from turnout.infrastructure.secrets.master_key import MasterKey


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
