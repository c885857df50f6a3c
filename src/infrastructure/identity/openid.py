"""OpenIdProvider: login by the authorization code flow with PKCE, and bearer tokens.

OpenID Connect Core 1.0 (sections 3.1 and 3.1.3.7), Discovery 1.0, RFC 7636 (PKCE), RFC 9068 in so
far as bearer tokens keep to it, RFC 9700 for what is good practice.
"""

import hmac
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

import jwt

from turnout.application.ports.identity import Identity, IdentityRefused, LoginBegun, SecretSource
from turnout.application.ports.system import Clock
from turnout.infrastructure.identity.provider_http import get_json, post_form
from turnout.infrastructure.identity.signing_keys import ALGORITHMS, SigningKeys
from turnout.infrastructure.transport.engine import HttpEngine

LEEWAY_SECONDS = 30.0
"""How far the clocks of the provider and of this machine may be apart."""


@dataclass(frozen=True, slots=True)
class OpenIdSettings:
    """What is configured. `audience` is that of bearer tokens; None takes none."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    audience: str | None = None
    groups_claim: str = "groups"
    name_claim: str = "sub"
    scopes: tuple[str, ...] = ("openid", "profile", "email")


class OpenIdProvider:
    """An IdentityProvider."""

    def __init__(
        self, settings: OpenIdSettings, engine: HttpEngine, secrets: SecretSource, clock: Clock
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._secrets = secrets
        self._keys = SigningKeys(self._key_set, clock)
        self._told: Mapping[str, Any] | None = None

    async def begin_login(self, redirect_url: str) -> LoginBegun:
        """Begin a login that comes back to `redirect_url`. Raises IdentityRefused."""
        state, nonce, verifier = (self._secrets.next_secret() for _ in range(3))
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        question = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": redirect_url,
            "scope": " ".join(self._settings.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        door = await self._endpoint("authorization_endpoint")
        url = f"{door}{'&' if '?' in door else '?'}{urlencode(question)}"
        return LoginBegun(url, state, nonce, verifier)

    async def finish_login(self, code: str, begun: LoginBegun, redirect_url: str) -> Identity:
        """Return who came back with `code`. Raises IdentityRefused."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_url,
            "client_id": self._settings.client_id,
            "code_verifier": begun.verifier,
        }
        door = await self._endpoint("token_endpoint")
        answer = await post_form(self._engine, door, form, self._client_proof())
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise IdentityRefused("the identity provider gave no id_token")
        claims = await self._claims(token, self._settings.client_id)
        if not hmac.compare_digest(str(claims.get("nonce")).encode(), begun.nonce.encode()):
            raise IdentityRefused("the id_token has another nonce than this login")
        if claims.get("azp", self._settings.client_id) != self._settings.client_id:
            raise IdentityRefused("the id_token was issued to another client (azp)")
        return self._identity(claims)

    async def identify(self, bearer: str) -> Identity:
        """Return whose token `bearer` is. Raises IdentityRefused."""
        if self._settings.audience is None:
            raise IdentityRefused("tokens of the identity provider are not taken: no audience")
        return self._identity(await self._claims(bearer, self._settings.audience))

    async def _claims(self, token: str, audience: str) -> Mapping[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError:
            raise IdentityRefused("the token is no JSON Web Token") from None
        id, algorithm = header.get("kid"), header.get("alg")
        if algorithm not in ALGORITHMS:
            raise IdentityRefused(f"the token is signed by the algorithm {str(algorithm)[:20]!r}")
        if not isinstance(id, str):
            raise IdentityRefused("the token does not say which key it is signed by (kid)")
        key = await self._keys.key(id, algorithm)
        try:
            return jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=audience,
                issuer=self._settings.issuer,
                leeway=LEEWAY_SECONDS,
                options={
                    "require": ["aud", "exp", "iat", "iss", "sub"],
                    "enforce_minimum_key_length": True,
                },
            )
        except jwt.PyJWTError as error:
            raise IdentityRefused(f"the token is not good: {type(error).__name__}") from None

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        name = claims.get(self._settings.name_claim)
        if not isinstance(name, str) or not 0 < len(name) <= 255:
            raise IdentityRefused(f"the token has no name in {self._settings.name_claim!r}")
        return Identity(name, self._groups(claims))

    def _groups(self, claims: Mapping[str, Any]) -> frozenset[str]:
        """Follow the dots of `groups_claim` (`realm_access.roles`) to a list of texts, or one."""
        found: Any = claims
        for step in self._settings.groups_claim.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
        if isinstance(found, str):
            return frozenset({found})
        listed = found if isinstance(found, list) else []
        return frozenset(group for group in listed if isinstance(group, str))

    async def _key_set(self) -> Mapping[str, Any]:
        return await get_json(self._engine, await self._endpoint("jwks_uri"))

    async def _endpoint(self, name: str) -> str:
        if self._told is None:
            place = f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"
            told = await get_json(self._engine, place)
            if told.get("issuer") != self._settings.issuer:
                raise IdentityRefused("the identity provider calls itself by another issuer")
            self._told = told
        address = self._told.get(name)
        if not isinstance(address, str):
            raise IdentityRefused(f"the identity provider does not tell its {name}")
        return address

    def _client_proof(self) -> str | None:
        """Return the client's own credentials, encoded as RFC 6749 2.3.1 says."""
        if self._settings.client_secret is None:
            return None
        pair = f"{quote(self._settings.client_id, '')}:{quote(self._settings.client_secret, '')}"
        return f"Basic {b64encode(pair.encode()).decode()}"
