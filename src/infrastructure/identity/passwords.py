"""Argon2Passwords: passwords by Argon2id (RFC 9106), with the parameters of its second choice."""

import asyncio
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

AT_ONCE = 2
"""Each takes 64 MiB while it works."""


class Argon2Passwords:
    """Passwords, hashed in threads of their own: the event loop goes on meanwhile."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._room = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """Return the hash, with its parameters and salt."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, _bytes(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Tell whether the password is right; never for None, but that takes as long."""
        async with self._room:
            return await asyncio.to_thread(self._verify, password_hash, password)

    def _verify(self, password_hash: str | None, password: str) -> bool:
        try:
            right = self._hasher.verify(password_hash or self._nobodys, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return right and password_hash is not None

    @cached_property
    def _nobodys(self) -> str:
        """A hash to compare with where there is no user."""
        return self._hasher.hash(b"nobody has this password")


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
