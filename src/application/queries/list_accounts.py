"""List users and admin tokens; what proves who they are is not in it."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.ports.accounts import AccountWork
from turnout.domain.governance.accounts import AdminToken, User


@dataclass(frozen=True, slots=True)
class ListUsers:
    """The local users, by name."""

    look: Callable[[], AccountWork]

    async def __call__(self) -> list[User]:
        """Return them."""
        async with self.look() as work:
            return await work.users.list()


@dataclass(frozen=True, slots=True)
class ListTokens:
    """The admin tokens, by name; also those that have expired."""

    look: Callable[[], AccountWork]

    async def __call__(self) -> list[AdminToken]:
        """Return them."""
        async with self.look() as work:
            return await work.tokens.list()
