"""`/`: the dashboard's files, as they were built into the installation."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""The content security policy: nothing from elsewhere, nothing inline."""

_FOR_EVER = "public, max-age=31536000, immutable"
_MISSING = (
    "<!doctype html><title>Turnout</title><p>The dashboard was left out of this installation. "
    "Install again without TURNOUT_SKIP_UI; the API is described at <a href='/docs'>/docs</a>."
)


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A file as it is sent."""

    media_type: str
    plain: bytes
    zipped: bytes
    etag: str

    @classmethod
    def read(cls, file: Traversable) -> "BuiltFile":
        """Read `file` and press it, once."""
        content = file.read_bytes()
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        return cls(kind, content, gzip.compress(content, mtime=0), etag)

    def answer(self, request: Request, cache_control: str) -> Response:
        """Return the file in the form that the browser takes, or that it has it already."""
        headers = {
            "cache-control": cache_control,
            "content-security-policy": POLICY,
            "etag": self.etag,
            "vary": "accept-encoding",
        }
        if self.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            return Response(self.zipped, media_type=self.media_type, headers=headers)
        return Response(self.plain, media_type=self.media_type, headers=headers)


def dashboard_router() -> APIRouter:
    """Return the page and what it loads; assets carry a digest in their names and never change."""
    router = APIRouter(include_in_schema=False)
    static = files("turnout.interfaces.control").joinpath("static")
    page = static.joinpath("index.html")
    index = BuiltFile.read(page) if page.is_file() else None
    folder = static.joinpath("assets")
    assets = {file.name: BuiltFile.read(file) for file in folder.iterdir()} if index else {}

    @router.get("/")
    async def dashboard(request: Request) -> Response:
        if index is None:
            return HTMLResponse(_MISSING, 503)
        return index.answer(request, "no-cache")

    @router.get("/assets/{asset}")
    async def dashboard_asset(asset: str, request: Request) -> Response:
        if asset not in assets:
            raise HTTPException(404)
        return assets[asset].answer(request, _FOR_EVER)

    return router
