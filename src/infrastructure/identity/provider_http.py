"""Asks an OpenID provider for JSON, over the engine that everything not hot uses."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from turnout.application.ports.identity import IdentityRefused
from turnout.domain.inference.failure import ProviderFailure
from turnout.infrastructure.transport.engine import HttpEngine, HttpRequest

PATIENCE_SECONDS = 10.0
_FORM = ("content-type", "application/x-www-form-urlencoded")


async def get_json(engine: HttpEngine, url: str) -> dict[str, Any]:
    """Return the object at `url`. Raises IdentityRefused."""
    return await _asked(engine, HttpRequest("GET", url, (("accept", "application/json"),)))


async def post_form(
    engine: HttpEngine, url: str, form: Mapping[str, str], authorization: str | None
) -> dict[str, Any]:
    """Return the object that answers a form. Raises IdentityRefused."""
    headers: tuple[tuple[str, str], ...] = (_FORM, ("accept", "application/json"))
    if authorization is not None:
        headers += (("authorization", authorization),)
    return await _asked(engine, HttpRequest("POST", url, headers, urlencode(form).encode()))


async def _asked(engine: HttpEngine, request: HttpRequest) -> dict[str, Any]:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reply = await engine.send(request)
    except TimeoutError:
        raise IdentityRefused("the identity provider does not answer") from None
    except ProviderFailure as failure:
        raise IdentityRefused(f"the identity provider: {failure.message}") from None
    try:
        answer = msgspec.json.decode(reply.body)
    except msgspec.DecodeError:
        answer = None
    if reply.status == 200 and isinstance(answer, dict):
        return answer
    error = answer.get("error") if isinstance(answer, dict) else None
    said = f" ({str(error)[:80]})" if error else ""
    raise IdentityRefused(f"the identity provider answers with status {reply.status}{said}")
