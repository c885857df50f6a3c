"""Add a user of the control plane."""

from collections.abc import Callable
from dataclasses import dataclass, field

from turnout.application.ports.accounts import AccountWork
from turnout.application.ports.identity import Passwords
from turnout.domain.governance.accounts import User, check_name, check_password
from turnout.domain.governance.roles import Role
from turnout.domain.shared.errors import DomainError


@dataclass(frozen=True, slots=True)
class AddUser:
    """Make somebody known under a name that is not taken."""

    name: str
    role: Role
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AddUserHandler:
    """Raises DomainError `user.exists`, `user.*`."""

    begin: Callable[[], AccountWork]
    passwords: Passwords

    async def __call__(self, command: AddUser) -> None:
        """Store the new user."""
        check_name("user", command.name)
        check_password(command.password)
        password_hash = await self.passwords.hash(command.password)
        async with self.begin() as work:
            if await work.users.get(command.name) is not None:
                raise DomainError("user.exists", f"there is a user {command.name!r} already")
            await work.users.save(User(command.name, command.role, password_hash))
            await work.commit()
