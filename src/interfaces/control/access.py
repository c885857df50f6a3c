"""Who may use the control plane: whoever has the token; without one, whoever is on this machine."""

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from turnout.interfaces.control.errors import refused

OPEN_PATHS = ("/healthz", "/readyz", "/docs", "/openapi.json")
"""What needs no token: it tells nothing of this installation."""


class AccessGate:
    """ASGI middleware before all paths but the open ones.

    Without a token the control plane is bound to loopback, which pages in a browser can reach: so a
    request must not come from another site's page, nor under a name that another site could own.
    """

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app = app
        self._token = None if token is None else token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer 401 or 403."""
        if scope["type"] != "http" or _is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if self._token is None:
            problem = _foreign(headers)
            answer = problem and refused(403, "access.foreign", problem)
        else:
            problem = _unauthorized(headers, self._token)
            challenge = {"www-authenticate": "Bearer"}
            answer = problem and refused(401, "access.denied", problem, headers=challenge)
        await (answer or self._app)(scope, receive, send)


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith("/docs/")


def _unauthorized(headers: Headers, token: bytes) -> str | None:
    scheme, _, sent = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not sent:
        return "expected the header Authorization: Bearer with the token of server.admin_token"
    if not hmac.compare_digest(sent.strip().encode("latin-1"), token):
        return "the token is not that of server.admin_token"
    return None


def _foreign(headers: Headers) -> str | None:
    host = headers.get("host", "")
    if not _is_address(urlsplit(f"//{host}").hostname or ""):
        return (
            f"found the host name {host!r}, expected localhost or an address: set "
            "server.admin_token to use host names"
        )
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return f"found a request from the page {origin!r}: set server.admin_token to allow others"
    return None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return True
