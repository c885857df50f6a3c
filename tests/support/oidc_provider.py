"""An OpenID provider on a real socket, with keys of its own: it signs whatever a test wants.

It keeps to the code flow with PKCE and refuses what a real one refuses: a code that was used, a
verifier that does not fit, another client or redirect.
"""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as ec_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as rsa_key
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.support.control import serving_control

CLIENT = "turnout"
SECRET = "client secret"
AUDIENCE = "https://turnout.example"


@dataclass
class LocalProvider:
    """`claims` are of whoever logs in next, `changes` spoil the next id_token."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "ann", "groups": ["staff"]})
    changes: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, tuple[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys["rsa-1"] = ("RS256", rsa_key(65537, 2048))

    def add_ec_key(self, id: str) -> None:
        """Sign by another key from now on, too."""
        self.keys[id] = ("ES256", ec_key(SECP256R1()))

    def token(self, audience: str, *, key: str = "rsa-1", **claims: Any) -> str:
        """Sign a token that is good for a minute; a claim of None is left out."""
        algorithm, private = self.keys[key]
        now = int(time.time())
        standard = {"iss": self.issuer, "aud": audience, "iat": now, "exp": now + 60}
        told = {name: value for name, value in (standard | claims).items() if value is not None}
        return jwt.encode(told, private, algorithm, headers={"kid": key})

    def key_set(self) -> dict[str, Any]:
        return {"keys": [self._public(id) for id in self.keys]}

    def _public(self, id: str) -> dict[str, Any]:
        algorithm, private = self.keys[id]
        writer = RSAAlgorithm if algorithm == "RS256" else ECAlgorithm
        plain: dict[str, Any] = json.loads(writer.to_jwk(private.public_key()))
        return plain | {"kid": id, "use": "sig"}

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        async def discovery() -> dict[str, str]:
            self.asked.append("discovery")
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }

        @app.get("/keys")
        async def keys() -> dict[str, Any]:
            self.asked.append("keys")
            return self.key_set()

        @app.get("/authorize")
        async def authorize(request: Request) -> RedirectResponse:
            question = dict(request.query_params)
            assert question["response_type"] == "code"
            assert question["code_challenge_method"] == "S256"
            code = f"code-{len(self._codes)}"
            self._codes[code] = question
            back = urlencode({"code": code, "state": question["state"]})
            return RedirectResponse(f"{question['redirect_uri']}?{back}", 302)

        @app.post("/token")
        async def token(request: Request) -> JSONResponse:
            form = dict(parse_qsl((await request.body()).decode()))
            began = self._codes.pop(form["code"], None)
            challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).decode()
            proof = request.headers.get("authorization", "")
            if (
                began is None
                or began["code_challenge"] != challenge.rstrip("=")
                or began["redirect_uri"] != form["redirect_uri"]
                or proof != "Basic dHVybm91dDpjbGllbnQlMjBzZWNyZXQ="
            ):
                return JSONResponse({"error": "invalid_grant"}, 400)
            claims = {**self.claims, "nonce": began["nonce"], **self.changes}
            audience = claims.pop("aud", CLIENT)
            return JSONResponse({"id_token": self.token(audience, **claims)})

        return app


@asynccontextmanager
async def local_provider() -> AsyncIterator[LocalProvider]:
    """Serve a provider; its issuer is its address."""
    provider = LocalProvider()
    async with serving_control(provider.app()) as address:
        provider.issuer = address
        yield provider
