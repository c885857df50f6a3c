"""`/api/session/oidc`: signing in at the identity provider, and coming back from it.

What must be known when the browser comes back is in a cookie of the browser's own (it is the one
who must come back), which is good for one login and ten minutes.
"""

import hmac
from typing import Annotated
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import RedirectResponse

from turnout.application.commands.sign_in import SignIn
from turnout.application.ports.identity import IdentityRefused, LoginBegun
from turnout.application.queries.identify import Vouching
from turnout.domain.governance.roles import Role
from turnout.domain.shared.errors import DomainError
from turnout.interfaces.control.access import Door
from turnout.interfaces.control.account_handlers import AccountHandlers
from turnout.interfaces.control.cookies import give_session, is_secure
from turnout.interfaces.control.sessions import nobody

CALLBACK = "/api/session/oidc/callback"
LANDING = "/"
_COOKIE = "turnout_login"
_PATIENCE_SECONDS = 600


def oidc_router(accounts: AccountHandlers, door: Door) -> APIRouter:
    """Return the two paths; without an identity provider they answer 404."""
    router = APIRouter(prefix="/api/session/oidc", tags=["accounts"])

    @router.get("", status_code=303, summary="Sign in at the identity provider")
    async def begin_login(request: Request) -> RedirectResponse:
        provider = _vouching(accounts).provider
        try:
            begun = await provider.begin_login(_callback(request, door))
        except IdentityRefused as refusal:
            raise DomainError("session.vouching", refusal.message) from None
        answer = RedirectResponse(begun.url, 303)
        _keep(answer, begun, secure=is_secure(request.scope, door.public_url))
        return answer

    @router.get("/callback", status_code=303, summary="Come back from the identity provider")
    async def finish_login(
        request: Request,
        state: Annotated[str, Query(max_length=500)],
        code: Annotated[str | None, Query(max_length=4000)] = None,
        error: Annotated[str | None, Query(max_length=200)] = None,
    ) -> RedirectResponse:
        vouching = _vouching(accounts)
        begun = _begun(request)
        if begun is None or not hmac.compare_digest(begun.state.encode(), state.encode()):
            raise DomainError("session.state", "this login was not begun here, or too long ago")
        if code is None:
            raise DomainError("session.vouching", f"the identity provider says {error!r}")
        name, role = await _identified(vouching, code, begun, _callback(request, door))
        opened = await accounts.sign_in_vouched(nobody(name, request), SignIn(name, role=role))
        answer = RedirectResponse(LANDING, 303)
        give_session(answer, opened.secret, secure=is_secure(request.scope, door.public_url))
        answer.delete_cookie(_COOKIE, path="/api/session/oidc")
        return answer

    return router


async def _identified(
    vouching: Vouching, code: str, begun: LoginBegun, redirect_url: str
) -> tuple[str, Role]:
    try:
        identity = await vouching.provider.finish_login(code, begun, redirect_url)
    except IdentityRefused as refusal:
        raise DomainError("session.vouching", refusal.message) from None
    role = vouching.role_of(identity)
    if role is None:
        raise DomainError(
            "session.no_role", f"none of the groups of {identity.name!r} has a role here"
        )
    return identity.name, role


def _keep(answer: RedirectResponse, begun: LoginBegun, *, secure: bool) -> None:
    answer.set_cookie(
        _COOKIE,
        urlencode({"s": begun.state, "n": begun.nonce, "v": begun.verifier}),
        max_age=_PATIENCE_SECONDS,
        path="/api/session/oidc",
        httponly=True,
        samesite="lax",  # it must come along when the identity provider sends the browser back
        secure=secure,
    )


def _vouching(accounts: AccountHandlers) -> Vouching:
    if accounts.vouching is None:
        raise HTTPException(404)
    return accounts.vouching


def _callback(request: Request, door: Door) -> str:
    here = f"{request.url.scheme}://{request.url.netloc}"
    return f"{(door.public_url or here).rstrip('/')}{CALLBACK}"


def _begun(request: Request) -> LoginBegun | None:
    kept = parse_qs(request.cookies.get(_COOKIE, ""))
    if not kept.keys() >= {"s", "n", "v"}:
        return None
    return LoginBegun("", kept["s"][0], kept["n"][0], kept["v"][0])
