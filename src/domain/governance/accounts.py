"""Users and admin tokens of the control plane, and the sessions of those who signed in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256

from turnout.domain.governance.roles import Role
from turnout.domain.shared.errors import DomainError

LEAST_PASSWORD = 12
MOST_PASSWORD = 1024
"""Characters. Longer ones would only keep the hash busy."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,62}")


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who signs in with a password; `password_hash` is as the hasher wrote it."""

    name: str
    role: Role
    password_hash: str = field(repr=False)

    def __post_init__(self) -> None:
        check_name("user", self.name)


@dataclass(frozen=True, slots=True)
class AdminToken:
    """A token for programs; `digest` is that of the secret. Times are seconds since 1970."""

    name: str
    role: Role
    digest: str = field(repr=False)
    expires_at: float | None = None

    def __post_init__(self) -> None:
        check_name("token", self.name)

    def is_good(self, now: float) -> bool:
        """Tell whether it has not expired."""
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts, and how long it may lie unused; seconds."""

    life_seconds: float = 12 * 3600.0
    idle_seconds: float = 3600.0


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in; times are seconds since 1970.

    A local user's role is that of the user as it is now; one whom an identity provider vouched for
    has `role` of their own until the session ends.
    """

    digest: str = field(repr=False)
    user: str
    role: Role | None
    opened_at: float
    seen_at: float

    def is_good(self, now: float, limits: SessionLimits) -> bool:
        """Tell whether it is neither too old nor unused for too long."""
        return (
            now < self.opened_at + limits.life_seconds and now < self.seen_at + limits.idle_seconds
        )

    def seen(self, now: float) -> "Session":
        """Return it as used now."""
        return replace(self, seen_at=now)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret that nobody could guess: SHA-256 in hexadecimal."""
    return sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def check_name(kind: str, name: str) -> None:
    """Raise DomainError `user.name` or `token.name` for what is no name."""
    if not _NAME.fullmatch(name):
        raise DomainError(
            f"{kind}.name",
            f"found the name {name[:80]!r}, expected up to 63 letters, digits, and . _ @ + - "
            "after the first",
        )


def check_password(password: str) -> None:
    """Raise DomainError `user.password` for one that is too short or too long; it is not shown."""
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise DomainError(
            "user.password",
            f"found a password of {len(password)} characters, "
            f"expected {LEAST_PASSWORD} to {MOST_PASSWORD}",
        )


def check_admin_stays(users: Iterable[User]) -> None:
    """Raise DomainError `user.last_admin` if none of those who are left is an admin."""
    if not any(user.role is Role.ADMIN for user in users):
        raise DomainError(
            "user.last_admin", "this is the last user with the role admin: make another one first"
        )
