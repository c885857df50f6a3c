"""Revoke an access key."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.commands.known_key import known_key
from turnout.application.ports.access_keys import KeyWork
from turnout.application.ports.system import Clock
from turnout.domain.shared.ids import KeyId


@dataclass(frozen=True, slots=True)
class RevokeKey:
    """End a key for ever."""

    id: KeyId


@dataclass(frozen=True, slots=True)
class RevokeKeyHandler:
    """Raises DomainError `key.unknown`, `key.revoked`, `key.changed_meanwhile`."""

    begin: Callable[[], KeyWork]
    clock: Clock

    async def __call__(self, command: RevokeKey) -> None:
        """Store that the key is good no longer."""
        async with self.begin() as work:
            key = await known_key(work.keys, command.id)
            key.revoke(self.clock.epoch_seconds())
            await work.keys.save(key)
            await work.commit()
