"""Issue an admin token: for programs that use the control plane."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.ports.accounts import AccountWork
from turnout.application.ports.identity import SecretSource
from turnout.application.ports.system import Clock
from turnout.domain.governance.accounts import AdminToken, digest_of
from turnout.domain.governance.roles import Role
from turnout.domain.shared.errors import DomainError

PREFIX = "turnout_admin_"
"""What every token begins with, so that one that got lost is recognised as one."""


@dataclass(frozen=True, slots=True)
class IssueToken:
    """A name that is not taken, a role, and how long it is good for; None is for ever."""

    name: str
    role: Role
    lasts_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class IssueTokenHandler:
    """Raises DomainError `token.exists`, `token.name`."""

    begin: Callable[[], AccountWork]
    secrets: SecretSource
    clock: Clock

    async def __call__(self, command: IssueToken) -> str:
        """Store the token's digest; return the token, which nobody can show again."""
        secret = PREFIX + self.secrets.next_secret()
        expires_at = None
        if command.lasts_seconds is not None:
            expires_at = self.clock.epoch_seconds() + command.lasts_seconds
        token = AdminToken(command.name, command.role, digest_of(secret), expires_at)
        async with self.begin() as work:
            if any(other.name == token.name for other in await work.tokens.list()):
                raise DomainError("token.exists", f"there is a token {token.name!r} already")
            await work.tokens.add(token)
            await work.commit()
        return secret
