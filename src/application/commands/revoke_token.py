"""Revoke an admin token."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.ports.accounts import AccountWork
from turnout.domain.shared.errors import unknown


@dataclass(frozen=True, slots=True)
class RevokeToken:
    """Which."""

    name: str


@dataclass(frozen=True, slots=True)
class RevokeTokenHandler:
    """Raises DomainError `token.unknown`."""

    begin: Callable[[], AccountWork]

    async def __call__(self, command: RevokeToken) -> None:
        """Delete the token: the next request that shows it is refused."""
        async with self.begin() as work:
            tokens = {token.name: token for token in await work.tokens.list()}
            if command.name not in tokens:
                raise unknown("token", command.name, tokens)
            await work.tokens.remove(tokens[command.name])
            await work.commit()
