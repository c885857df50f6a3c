"""Sign in: a session for who shows the right password, or whom an identity provider vouches for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from turnout.application.ports.accounts import AccountWork
from turnout.application.ports.identity import Passwords, SecretSource
from turnout.application.ports.system import Clock
from turnout.domain.governance.accounts import MOST_PASSWORD, Session, digest_of
from turnout.domain.governance.actor import Actor
from turnout.domain.governance.roles import Role
from turnout.domain.governance.sign_in_limit import SignInLimit
from turnout.domain.shared.errors import DomainError


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who somebody says that they are; no password where an identity provider says it, and `role`.

    `name` is all that the log shows.
    """

    name: str
    password: str | None = field(default=None, repr=False)
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session that has just begun; its secret is shown this once."""

    secret: str = field(repr=False)
    user: str
    role: Role


@dataclass(frozen=True, slots=True)
class SignInHandler:
    """Raises DomainError `session.refused` for a wrong name or password, without saying which."""

    begin: Callable[[], AccountWork]
    look: Callable[[], AccountWork]
    passwords: Passwords
    secrets: SecretSource
    clock: Clock

    async def __call__(self, command: SignIn) -> OpenedSession:
        """Open a session."""
        role = command.role or await self._role_of_user(command)
        secret, now = self.secrets.next_secret(), self.clock.epoch_seconds()
        async with self.begin() as work:
            opened = Session(digest_of(secret), command.name, command.role, now, now)
            await work.sessions.put(opened)
            await work.commit()
        return OpenedSession(secret, command.name, role)

    async def _role_of_user(self, command: SignIn) -> Role:
        async with self.look() as work:
            user = await work.users.get(command.name)
        password = (command.password or "")[: MOST_PASSWORD + 1]
        # For an unknown name too, so that the time taken does not tell who is known.
        right = await self.passwords.verify(None if user is None else user.password_hash, password)
        if user is None or not right:
            raise DomainError("session.refused", "the name or the password is wrong")
        return user.role


class TooManyTries(Exception):
    """Somebody tries to sign in too often."""

    def __init__(self, wait_seconds: float) -> None:
        super().__init__(f"too many tries to sign in: wait {wait_seconds:.0f} s")
        self.wait_seconds = wait_seconds


@dataclass(frozen=True, slots=True)
class LimitedSignIn:
    """Signing in, no more often than the limit allows. Raises TooManyTries, DomainError."""

    sign_in: Callable[[Actor, SignIn], Awaitable[OpenedSession]]
    limit: SignInLimit
    clock: Clock

    async def __call__(self, actor: Actor, command: SignIn) -> OpenedSession:
        """Sign in; a try that comes too early is neither made nor written down."""
        now = self.clock.monotonic_seconds()
        if wait := self.limit.wait_seconds(command.name, actor.address or "", now):
            raise TooManyTries(wait)
        opened = await self.sign_in(actor, command)
        self.limit.forgive(command.name)
        return opened
