"""Proofs of who somebody is: passwords, secrets, and an identity provider's word."""

from dataclasses import dataclass, field
from typing import Protocol


class Passwords(Protocol):
    """Keeps passwords as hashes that are slow to guess from."""

    async def hash(self, password: str) -> str:
        """Return the hash, with its parameters and salt."""
        ...

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Tell whether the password is right; never for None, but that takes as long."""
        ...


class SecretSource(Protocol):
    """Makes secrets."""

    def next_secret(self) -> str:
        """Return URL-safe text that nobody can guess (256 bits)."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom an identity provider vouches for."""

    name: str
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class LoginBegun:
    """Where to send somebody's browser, and what must be known when it comes back."""

    url: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


class IdentityRefused(Exception):
    """The identity provider's word is missing, wrong or out of date; `message` has no secret."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class IdentityProvider(Protocol):
    """Vouches for people, and for programs that it gave a token to."""

    async def begin_login(self, redirect_url: str) -> LoginBegun:
        """Begin a login that comes back to `redirect_url`. Raises IdentityRefused."""
        ...

    async def finish_login(self, code: str, begun: LoginBegun, redirect_url: str) -> Identity:
        """Return who came back with `code`. Raises IdentityRefused."""
        ...

    async def identify(self, bearer: str) -> Identity:
        """Return whose token `bearer` is. Raises IdentityRefused."""
        ...
