"""Who may use the control plane, and for what.

`AccessGate` finds out who a request comes from, before anything else is looked at; `needs` says,
where an endpoint is declared, which permission it asks of them.
"""

from dataclasses import dataclass, field
from hmac import compare_digest
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from turnout.application.ports.audit import LONGEST_ENTRY, AuditResult, Deed
from turnout.application.queries.identify import Shown
from turnout.domain.governance.actor import Actor, ActorKind
from turnout.domain.governance.roles import Permission, Role
from turnout.domain.shared.errors import DomainError
from turnout.interfaces.control.account_handlers import AccountHandlers
from turnout.interfaces.control.cookies import (
    SAFE_METHODS,
    forged,
    from_elsewhere,
    is_secure,
    session_cookie,
)
from turnout.interfaces.control.errors import refused

OPEN_PATHS = {
    "/": ("GET",),
    "/assets/{asset}": ("GET",),
    "/healthz": ("GET",),
    "/readyz": ("GET",),
    "/docs": ("GET",),
    "/docs/{asset}": ("GET",),
    "/openapi.json": ("GET",),
    "/api/setup": ("POST",),
    "/api/session": ("POST",),
    "/api/session/oidc": ("GET",),
    "/api/session/oidc/callback": ("GET",),
}
"""What nobody need be known for: it tells nothing of this installation, or asks for a proof."""
METRICS_PATH = "/metrics"


@dataclass(frozen=True, slots=True)
class Door:
    """Where the control plane stands. `is_local`: nobody but this machine's people can reach it,
    or the operator takes it upon themselves; `public_url` is how browsers reach it, if not so.
    `metrics_token` lets its bearer read metrics, and nothing else."""

    is_local: bool = True
    public_url: str | None = None
    metrics_token: str | None = field(default=None, repr=False)

    def admits_to_metrics(self, bearer: str | None, headers: Headers) -> bool:
        """Tell whether metrics may be read without being known: by the token, or, where none is
        set, from this machine."""
        if self.metrics_token is None:
            return self.is_local and bearer is None and _foreign(headers) is None
        return bearer is not None and compare_digest(bearer.encode(), self.metrics_token.encode())


class AccessGate:
    """ASGI middleware before all paths but the open ones: sets `state.actor`, or refuses.

    While nobody can be known the control plane answers this machine alone, which pages in a browser
    can reach: so a request must not come from another site's page, nor under a name that another
    site could own.
    """

    def __init__(self, app: ASGIApp, accounts: AccountHandlers, door: Door) -> None:
        self._app = app
        self._accounts = accounts
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer 401 or 403."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = await self._refusal(scope, Headers(scope=scope))
        await (answer or self._app)(scope, receive, send)

    async def _refusal(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        is_write = scope["method"] not in SAFE_METHODS
        if _is_open(scope["method"], scope["path"]):
            problem = from_elsewhere(headers, self._door.public_url) if is_write else None
            return refused(403, "access.foreign", problem) if problem else None
        shown = _shown(scope, headers, self._door)
        if scope["path"] == METRICS_PATH and self._door.admits_to_metrics(shown.bearer, headers):
            scraper = Actor(ActorKind.LOCAL, "metrics", Role.VIEWER, shown.address)
            scope.setdefault("state", {})["actor"] = scraper
            return None
        actor = await self._accounts.identify(shown)
        if actor is None:
            if not self._door.is_local or not await self._accounts.is_fresh():
                return refused(
                    401,
                    "access.denied",
                    "expected a session, or the header Authorization: Bearer with a good token: "
                    "server.admin_token or an admin token",
                    headers={"www-authenticate": "Bearer"},
                )
            if problem := _foreign(headers):
                return refused(403, "access.foreign", problem)
            actor = Actor(ActorKind.LOCAL, "local", Role.ADMIN, shown.address)
        elif shown.bearer is None and is_write:
            problem = forged(headers, shown.session or "", self._door.public_url)
            if problem:
                return refused(403, "access.csrf", problem)
        scope.setdefault("state", {})["actor"] = actor
        return None


@dataclass(frozen=True, slots=True)
class Needs:
    """A dependency of an endpoint: gives the actor, who has the permission.

    Raises DomainError `access.forbidden`; a write that is refused so is written into the audit log.
    """

    permission: Permission

    async def __call__(self, request: Request) -> Actor:
        """Return the actor."""
        actor: Actor = request.state.actor
        if not actor.may(self.permission):
            if request.method not in SAFE_METHODS:
                accounts: AccountHandlers = request.app.state.accounts
                deed = Deed(actor, request.scope["route"].name, request.url.path[:LONGEST_ENTRY])
                await accounts.audit.append(deed, AuditResult.REFUSED, "access.forbidden")
            raise DomainError(
                "access.forbidden",
                f"the role {actor.role or 'of nobody'} does not have the permission "
                f"{self.permission}",
            )
        return actor


def needs(permission: Permission) -> Any:
    """Return the dependency for `dependencies=[...]`, or for a parameter of type Actor."""
    return Depends(Needs(permission))


CatalogWriter = Annotated[Actor, needs(Permission.CATALOG_WRITE)]
AccountKeeper = Annotated[Actor, needs(Permission.ACCOUNTS)]
Known = Annotated[Actor, needs(Permission.SELF)]


def address_of(scope: Scope) -> str | None:
    """Return the address that a request came from."""
    client = scope.get("client")
    return None if client is None else str(client[0])


def _is_open(method: str, path: str) -> bool:
    for folder in ("/docs/", "/assets/"):
        if path.startswith(folder):
            path = f"{folder}{{asset}}"
    return method.replace("HEAD", "GET") in OPEN_PATHS.get(path, ())


def _shown(scope: Scope, headers: Headers, door: Door) -> Shown:
    scheme, _, sent = headers.get("authorization", "").partition(" ")
    bearer = sent.strip() if scheme.lower() == "bearer" else None
    cookies = cookie_parser(headers.get("cookie", ""))
    session = cookies.get(session_cookie(is_secure(scope, door.public_url)))
    return Shown(bearer or None, session, address_of(scope))


def _foreign(headers: Headers) -> str | None:
    host = headers.get("host", "")
    if not _is_address(urlsplit(f"//{host}").hostname or ""):
        return (
            f"found the host name {host!r}, expected localhost or an address: set "
            "server.admin_token, or make a user, to use host names"
        )
    return from_elsewhere(headers, None)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return True
