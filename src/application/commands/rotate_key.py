"""Rotate an access key: a new token at once, the one before for a while longer."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.commands.known_key import known_key
from turnout.application.ports.access_keys import AccessTokens, KeyWork, MintedToken
from turnout.application.ports.system import Clock
from turnout.domain.shared.ids import KeyId


@dataclass(frozen=True, slots=True)
class RotateKey:
    """Give a key another token; the present one stays good for `overlap_seconds`."""

    id: KeyId
    overlap_seconds: float


@dataclass(frozen=True, slots=True)
class RotateKeyHandler:
    """Raises DomainError `key.unknown`, `key.revoked`, `key.overlap`, `key.changed_meanwhile`."""

    begin: Callable[[], KeyWork]
    tokens: AccessTokens
    clock: Clock

    async def __call__(self, command: RotateKey) -> MintedToken:
        """Store the change; return the new token, which nobody can show again."""
        minted = self.tokens.mint()
        async with self.begin() as work:
            key = await known_key(work.keys, command.id)
            key.rotate(minted.mark, self.clock.epoch_seconds(), command.overlap_seconds)
            await work.keys.save(key)
            await work.commit()
        return minted
