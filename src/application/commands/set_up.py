"""Set up: the first admin, made by who can read the console."""

from collections.abc import Callable
from dataclasses import dataclass, field

from turnout.application.ports.accounts import AccountWork
from turnout.application.ports.identity import Passwords
from turnout.domain.governance.accounts import User, check_name, check_password, digest_of
from turnout.domain.governance.roles import Role
from turnout.domain.shared.errors import DomainError


@dataclass(frozen=True, slots=True)
class SetUp:
    """The set-up token, and whom to make."""

    name: str
    token: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetUpHandler:
    """Raises DomainError `setup.refused`, `setup.exists` once there is a user, `user.*`.

    `token_digest` is that of the token on the console; None if none was shown at the start.
    """

    begin: Callable[[], AccountWork]
    passwords: Passwords
    token_digest: str | None

    async def __call__(self, command: SetUp) -> None:
        """Make the first user an admin."""
        if self.token_digest is None:
            raise DomainError("setup.exists", "no set-up token was made: there is another way in")
        # However long comparing digests takes, it tells nothing of what they are of.
        if digest_of(command.token) != self.token_digest:
            raise DomainError("setup.refused", "the set-up token is not the one on the console")
        check_name("user", command.name)
        check_password(command.password)
        password_hash = await self.passwords.hash(command.password)
        async with self.begin() as work:
            if await work.users.list():
                raise DomainError("setup.exists", "there is a user already: sign in")
            await work.users.save(User(command.name, Role.ADMIN, password_hash))
            await work.commit()
