"""`/docs`: the OpenAPI page, from files of the installation, for machines without the internet."""

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from fastapi import APIRouter, HTTPException
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, Response

_ASSETS = {
    "favicon-32x32.png": "image/png",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}


def docs_router(title: str) -> APIRouter:
    """Return the page and what it loads."""
    router = APIRouter(prefix="/docs", include_in_schema=False)
    page = get_swagger_ui_html(
        openapi_url="/openapi.json",
        title=title,
        swagger_js_url="/docs/swagger-ui-bundle.js",
        swagger_css_url="/docs/swagger-ui.css",
        swagger_favicon_url="/docs/favicon-32x32.png",
        swagger_ui_parameters={"validatorUrl": None},
    )

    page.headers["content-security-policy"] = _policy(bytes(page.body).decode())
    page.headers["cache-control"] = "no-cache"

    @router.get("")
    async def docs() -> HTMLResponse:
        return page

    @router.get("/{asset}")
    async def docs_asset(asset: str) -> Response:
        if asset not in _ASSETS:
            raise HTTPException(404)
        # Read through the package's files, not by importing it: it patches FastAPI when used.
        content = files("fastapi_swagger").joinpath("resources", asset).read_bytes()
        headers = {"cache-control": "max-age=86400"}
        return Response(content, media_type=_ASSETS[asset], headers=headers)

    return router


def _policy(page: str) -> str:
    """Return a content security policy under which the page's own script, and no other, runs.

    Swagger UI sets styles as it goes, so styles cannot be told apart.
    """
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [b64encode(sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src 'self' {allowed}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
