import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from tests.support.control import serving_control

from turnout.application.ports.identity import IdentityRefused
from turnout.infrastructure.identity.provider_http import get_json, post_form
from turnout.infrastructure.transport.engine import EngineOptions
from turnout.infrastructure.transport.httpx_engine import HttpxEngine


def _app() -> FastAPI:
    app = FastAPI()

    @app.get("/good")
    async def good() -> dict[str, str]:
        return {"a": "b"}

    @app.get("/list")
    async def listed() -> list[str]:
        return ["a"]

    @app.get("/text")
    async def text() -> Response:
        return PlainTextResponse("not JSON")

    @app.post("/refusing")
    async def refusing() -> Response:
        return JSONResponse({"error": "invalid_client"}, 401)

    return app


async def test_objects_are_read_and_anything_else_is_refused() -> None:
    engine = HttpxEngine(EngineOptions())
    async with serving_control(_app()) as address:
        assert await get_json(engine, f"{address}/good") == {"a": "b"}
        for path in ("list", "text", "nowhere"):
            with pytest.raises(IdentityRefused, match="answers with status"):
                await get_json(engine, f"{address}/{path}")
        with pytest.raises(IdentityRefused, match=r"status 401 \(invalid_client\)"):
            await post_form(engine, f"{address}/refusing", {"code": "secret"}, "Basic x")
    with pytest.raises(IdentityRefused, match="the identity provider"):
        await get_json(engine, f"{address}/good")
    await engine.close()
