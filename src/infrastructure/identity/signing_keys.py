"""The keys that an OpenID provider signs with, by their full ids (RFC 7517)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from jwt import PyJWK
from jwt.exceptions import InvalidKeyError, PyJWKError

from turnout.application.ports.identity import IdentityRefused
from turnout.application.ports.system import Clock

LIFE_SECONDS = 3600.0
"""Keys are asked for again after this, so that one that was withdrawn does not count for ever."""
LEAST_SECONDS_BETWEEN = 30.0
"""An unknown id has them asked for again, but not more often than this, whoever makes ids up."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""What signatures may be made with; none that the provider and we would share a secret for."""


class SigningKeys:
    """The provider's keys. `fetch` asks for the JWK set; it raises IdentityRefused."""

    def __init__(self, fetch: Callable[[], Awaitable[Mapping[str, Any]]], clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, Mapping[str, Any]] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._fetching = asyncio.Lock()

    async def key(self, id: str, algorithm: str) -> PyJWK:
        """Return the key `id` for signatures by `algorithm`. Raises IdentityRefused."""
        if id not in self._keys or self._is_old():
            await self._renew(id)
        found = self._keys.get(id)
        if found is None:
            raise IdentityRefused("the token is signed by a key that the provider does not have")
        try:
            return PyJWK(dict(found), str(found.get("alg", algorithm)))
        except (PyJWKError, InvalidKeyError):
            raise IdentityRefused("the provider's key cannot be used for this token") from None

    async def _renew(self, id: str) -> None:
        async with self._fetching:
            if id in self._keys and not self._is_old():
                return  # somebody else has just done it
            now = self._clock.monotonic_seconds()
            if self._tried_at is not None and now < self._tried_at + LEAST_SECONDS_BETWEEN:
                return
            self._tried_at = now
            keys = (await self._fetch()).get("keys", [])
            self._keys = {key["kid"]: key for key in keys if _can_sign(key)}
            self._fetched_at = now

    def _is_old(self) -> bool:
        if self._fetched_at is None:
            return True
        return self._clock.monotonic_seconds() >= self._fetched_at + LIFE_SECONDS


def _can_sign(key: object) -> bool:
    return (
        isinstance(key, dict)
        and isinstance(key.get("kid"), str)
        and key.get("kty") in ("RSA", "EC")
        and key.get("use", "sig") == "sig"
        and key.get("alg", "RS256") in ALGORITHMS
    )
