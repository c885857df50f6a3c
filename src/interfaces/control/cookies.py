"""The session's cookie, and what keeps other sites' pages from using it.

Writes that a cookie speaks for need the header `x-csrf-token`: an HMAC of the session's secret (the
HMAC based token pattern of OWASP's cheat sheet on cross-site request forgery), which a page of this
origin is told and another one is not. `Origin` and `Sec-Fetch-Site` are looked at besides, and the
cookie is SameSite=Strict.
"""

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

CSRF_HEADER = "x-csrf-token"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_SESSION = "turnout_session"


def is_secure(scope: Scope, public_url: str | None) -> bool:
    """Tell whether callers come by HTTPS, to us or to what stands before us."""
    return scope["scheme"] == "https" or (public_url or "").startswith("https://")


def session_cookie(secure: bool) -> str:
    """Return the cookie's name; the prefix has browsers take it from this host alone."""
    return f"__Host-{_SESSION}" if secure else _SESSION


def give_session(answer: Response, secret: str, *, secure: bool) -> None:
    """Put the session's cookie into an answer; it ends with the browser's session."""
    answer.set_cookie(
        session_cookie(secure), secret, httponly=True, samesite="strict", secure=secure, path="/"
    )


def take_session(answer: Response, *, secure: bool) -> None:
    """Have the browser forget the cookie."""
    answer.delete_cookie(
        session_cookie(secure), httponly=True, samesite="strict", secure=secure, path="/"
    )


def csrf_token(session_secret: str) -> str:
    """Return what a page must send along with its writes."""
    return hmac.digest(session_secret.encode(), b"turnout csrf", "sha256").hex()


def forged(headers: Headers, session_secret: str, public_url: str | None) -> str | None:
    """Return why a write may come from another site's page, None if it does not."""
    if problem := from_elsewhere(headers, public_url):
        return problem
    sent = headers.get(CSRF_HEADER, "").encode("latin-1")
    if not hmac.compare_digest(sent, csrf_token(session_secret).encode()):
        return f"expected the header {CSRF_HEADER} with the csrf_token of GET /api/session"
    return None


def from_elsewhere(headers: Headers, public_url: str | None) -> str | None:
    """Return why a request is another site's page's, None if no browser says so."""
    site = headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        return f"found a request from a page of another site (sec-fetch-site: {site[:20]})"
    origin = headers.get("origin")
    own = {headers.get("host", ""), urlsplit(public_url or "").netloc}
    if origin is not None and urlsplit(origin).netloc not in own - {""}:
        return f"found a request from the page {origin[:200]!r}"
    return None
