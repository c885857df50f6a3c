"""Access keys of a running gateway, over its control plane."""

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from turnout.bootstrap.remote import ask
from turnout.domain.governance.access_key import KeySettings
from turnout.interfaces.cli.actions import ControlPlane
from turnout.interfaces.cli.key_actions import IssuedKey, KeyRow

KEYS = "/api/keys"


class _Token(msgspec.Struct):
    """What an answer has besides the key."""

    token: str


def issue_at(plane: ControlPlane, settings: KeySettings) -> IssuedKey:
    """Have the gateway issue a key. Raises NoAnswer, also for what its rules refuse."""
    scope, end = settings.scope, settings.expires_at_seconds
    asked = {
        "name": settings.name,
        "team": settings.team,
        "project": settings.project,
        "routes": sorted(scope.routes),
        "models": sorted(scope.models),
        "providers": sorted(scope.providers),
        "networks": sorted(scope.networks),
        "metadata": settings.metadata,
        "limits": asdict(settings.limits),
        "expires_at": None if end is None else datetime.fromtimestamp(end, UTC).isoformat(),
    }
    return _issued(plane, KEYS, asked)


def keys_at(plane: ControlPlane) -> list[KeyRow]:
    """List the gateway's keys. Raises NoAnswer."""
    return asyncio.run(ask(plane, "GET", KEYS, list[KeyRow]))


def rotate_at(plane: ControlPlane, id: str, overlap_seconds: float) -> IssuedKey:
    """Have the gateway give a key a new token. Raises NoAnswer."""
    asked = {"overlap_seconds": overlap_seconds}
    return _issued(plane, f"{KEYS}/{quote(id, safe='')}/rotate", asked)


def revoke_at(plane: ControlPlane, id: str) -> None:
    """Have the gateway end a key. Raises NoAnswer."""
    asyncio.run(ask(plane, "DELETE", f"{KEYS}/{quote(id, safe='')}", KeyRow))


def _issued(plane: ControlPlane, path: str, asked: object) -> IssuedKey:
    body = msgspec.json.encode(asked)
    raw = asyncio.run(ask(plane, "POST", path, msgspec.Raw, body))
    key = msgspec.json.decode(raw, type=KeyRow)
    return IssuedKey(key, msgspec.json.decode(raw, type=_Token).token)
