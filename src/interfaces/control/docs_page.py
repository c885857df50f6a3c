"""`/docs`: the OpenAPI page, from files of the installation, for machines without the internet."""

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
