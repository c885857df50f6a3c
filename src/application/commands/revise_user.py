"""Revise a user of the control plane: their role, their password, or both."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from turnout.application.ports.accounts import AccountWork
from turnout.application.ports.identity import Passwords
from turnout.domain.governance.accounts import check_admin_stays, check_password
from turnout.domain.governance.roles import Role
from turnout.domain.shared.errors import unknown


@dataclass(frozen=True, slots=True)
class ReviseUser:
    """What is None stays."""

    name: str
    role: Role | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ReviseUserHandler:
    """Raises DomainError `user.unknown`, `user.password`, `user.last_admin`."""

    begin: Callable[[], AccountWork]
    passwords: Passwords

    async def __call__(self, command: ReviseUser) -> None:
        """Store the change; a new password ends the user's sessions."""
        password_hash = None
        if command.password is not None:
            check_password(command.password)
            password_hash = await self.passwords.hash(command.password)
        async with self.begin() as work:
            users = {user.name: user for user in await work.users.list()}
            user = users.get(command.name)
            if user is None:
                raise unknown("user", command.name, users)
            revised = replace(
                user,
                role=command.role or user.role,
                password_hash=password_hash or user.password_hash,
            )
            check_admin_stays((users | {user.name: revised}).values())
            await work.users.save(revised)
            if password_hash is not None:
                await work.sessions.remove_of(user.name)
            await work.commit()
