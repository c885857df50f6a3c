"""Issue an access key."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.ports.access_keys import AccessTokens, KeyWork, MintedToken
from turnout.application.ports.system import Clock
from turnout.domain.governance.access_key import AccessKey, KeySettings
from turnout.domain.shared.ids import KeyId


@dataclass(frozen=True, slots=True)
class IssueKey:
    """Make a key of these settings, under an id that nobody has had."""

    id: KeyId
    settings: KeySettings


@dataclass(frozen=True, slots=True)
class IssueKeyHandler:
    """Raises DomainError `key.name`, `key.metadata`, `key.expired`, ..."""

    begin: Callable[[], KeyWork]
    tokens: AccessTokens
    clock: Clock

    async def __call__(self, command: IssueKey) -> MintedToken:
        """Store the key; return its token, which nobody can show again."""
        minted = self.tokens.mint()
        now = self.clock.epoch_seconds()
        async with self.begin() as work:
            await work.keys.save(AccessKey.issue(command.id, command.settings, minted.mark, now))
            await work.commit()
        return minted
