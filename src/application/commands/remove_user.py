"""Remove a user of the control plane."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.ports.accounts import AccountWork
from turnout.domain.governance.accounts import check_admin_stays
from turnout.domain.shared.errors import unknown


@dataclass(frozen=True, slots=True)
class RemoveUser:
    """Whom."""

    name: str


@dataclass(frozen=True, slots=True)
class RemoveUserHandler:
    """Raises DomainError `user.unknown`, `user.last_admin`."""

    begin: Callable[[], AccountWork]

    async def __call__(self, command: RemoveUser) -> None:
        """Delete the user, and end their sessions."""
        async with self.begin() as work:
            users = {user.name: user for user in await work.users.list()}
            user = users.pop(command.name, None)
            if user is None:
                raise unknown("user", command.name, users)
            check_admin_stays(users.values())
            await work.users.remove(user)
            await work.commit()
