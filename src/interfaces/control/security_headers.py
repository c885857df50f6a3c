"""What answers of the control plane tell browsers to refrain from.

Source: OWASP's cheat sheet on HTTP headers; Fetch and CSP level 3 for what each one means.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from turnout.interfaces.control.access import Door
from turnout.interfaces.control.cookies import is_secure

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The content security policy of what is no page: whoever gets it shown as one, runs nothing."""
HSTS = "max-age=31536000"
_ALWAYS = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_USUALLY = {"cache-control": "no-store", "content-security-policy": NOTHING}
"""Where the endpoint says nothing else."""


class SecurityHeaders:
    """ASGI middleware around all others, so that refusals have the headers, too."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_ALWAYS)
                for name, value in _USUALLY.items():
                    headers.setdefault(name, value)
                if is_secure(scope, self._door.public_url):
                    headers["strict-transport-security"] = HSTS
            await send(message)

        await self._app(scope, receive, marked)
