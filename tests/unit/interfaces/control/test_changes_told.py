import httpx
import pytest
from fastapi import FastAPI, HTTPException

from turnout.interfaces.control.changes_told import ChangesTold


@pytest.fixture
def told() -> list[int]:
    return []


@pytest.fixture
def client(told: list[int]) -> httpx.AsyncClient:
    app = FastAPI()
    app.add_middleware(ChangesTold, tell=lambda: told.append(1))

    @app.get("/thing")
    async def read() -> str:
        return "read"

    @app.post("/thing")
    async def change() -> str:
        return "changed"

    @app.delete("/thing")
    async def refuse() -> str:
        raise HTTPException(409, "it is in use")

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here")


@pytest.mark.parametrize(("method", "times"), [("GET", 0), ("POST", 1), ("DELETE", 0)])
async def test_only_what_was_changed_is_told(
    client: httpx.AsyncClient, told: list[int], method: str, times: int
) -> None:
    async with client:
        await client.request(method, "/thing")
    assert len(told) == times
