"""Sign out."""

from collections.abc import Callable
from dataclasses import dataclass, field

from turnout.application.ports.accounts import AccountWork
from turnout.domain.governance.accounts import digest_of


@dataclass(frozen=True, slots=True)
class SignOut:
    """End the session with this secret, which is the user `name`'s."""

    name: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignOutHandler:
    """Raises nothing: a session that has ended already stays so."""

    begin: Callable[[], AccountWork]

    async def __call__(self, command: SignOut) -> None:
        """Forget the session."""
        async with self.begin() as work:
            await work.sessions.remove(digest_of(command.secret))
            await work.commit()
