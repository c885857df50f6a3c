"""The control plane as its users have it: a real socket, a real database."""

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.fakes.system import FrozenClock
from tests.support.control import FakeControl, handlers_on, problem, serving_control

from turnout.infrastructure.persistence.catalog_source import SqlCatalogSource
from turnout.infrastructure.persistence.unit_of_work import SqlUnitOfWork
from turnout.infrastructure.persistence.views import SqlChainView, SqlProviderView
from turnout.interfaces.control.access import Door
from turnout.interfaces.control.app import make_app

TOKEN = "a-token"


async def test_a_day_in_the_life_over_a_socket_and_a_database(engine: AsyncEngine) -> None:
    handlers = handlers_on(
        lambda: SqlUnitOfWork(engine, FrozenClock()),
        SqlProviderView(engine),
        SqlChainView(engine),
        FakeControl(),
    )
    app = make_app(handlers, FakeControl().people.handlers(TOKEN), Door())
    async with serving_control(app) as address, httpx.AsyncClient(base_url=address) as client:
        assert problem(await client.get("/api/providers"))[0] == 401
        client.headers["authorization"] = f"Bearer {TOKEN}"
        made = await client.post(
            "/api/providers", json={"name": "groq", "models": ["llama"], "credential": "${KEY}"}
        )
        chain = await client.post(
            "/api/chains", json={"name": "main", "tiers": [["groq/llama"], ["groq"]]}
        )
        revised = await client.patch("/api/providers/groq", json={"weight": 4})
        in_use = await client.delete("/api/providers/groq")
        removed = await client.delete("/api/chains/main")
        retired = await client.delete("/api/providers/groq")
        left = await client.get("/api/providers")
    assert (made.status_code, chain.status_code, revised.json()["weight"]) == (201, 201, 4)
    assert problem(in_use)[1] == "provider.in_use"
    assert (removed.status_code, retired.status_code, left.json()) == (200, 200, [])
    assert await SqlCatalogSource(engine).revision() == 5


async def test_the_description_names_every_operation() -> None:
    async with FakeControl().client() as client:
        description = (await client.get("/openapi.json")).json()
    operations = {
        f"{method.upper()} {path}"
        for path, methods in description["paths"].items()
        for method in methods
    }
    assert operations == {
        "GET /api/providers",
        "POST /api/providers",
        "GET /api/providers/{name}",
        "PATCH /api/providers/{name}",
        "DELETE /api/providers/{name}",
        "POST /api/providers/{name}/enable",
        "POST /api/providers/{name}/disable",
        "POST /api/providers/{name}/probe",
        "GET /api/chains",
        "POST /api/chains",
        "GET /api/chains/{name}",
        "PATCH /api/chains/{name}",
        "DELETE /api/chains/{name}",
        "GET /api/routes/explain",
        "GET /api/analytics/summary",
        "GET /api/analytics/series",
        "GET /api/analytics/series.csv",
        "GET /api/analytics/top",
        "GET /api/attempts",
        "GET /api/attempts.csv",
        "GET /api/requests/{id}",
        "GET /api/health",
        "GET /api/health/transitions",
        "GET /api/configuration/status",
        "GET /api/keys",
        "POST /api/keys",
        "GET /api/keys/{id}",
        "PATCH /api/keys/{id}",
        "DELETE /api/keys/{id}",
        "POST /api/keys/{id}/rotate",
        "GET /api/users",
        "POST /api/users",
        "PATCH /api/users/{name}",
        "DELETE /api/users/{name}",
        "GET /api/tokens",
        "POST /api/tokens",
        "DELETE /api/tokens/{name}",
        "GET /api/audit",
        "GET /api/configuration/history",
        "POST /api/configuration/rollback",
        "GET /api/live",
        "GET /api/playground",
        "POST /api/playground/chat",
        "POST /api/setup",
        "POST /api/session",
        "GET /api/session",
        "DELETE /api/session",
        "GET /api/session/oidc",
        "GET /api/session/oidc/callback",
        "GET /healthz",
        "GET /readyz",
        "GET /api/alerts",
        "GET /api/alerts/channels",
        "POST /api/alerts/channels/{name}/test",
        "GET /api/alerts/deliveries",
        "GET /api/alerts/rules",
        "GET /api/budgets",
        "DELETE /api/budgets/{name}",
        "GET /api/budgets/{name}",
        "PUT /api/budgets/{name}",
        "GET /api/limits",
        "GET /api/silences",
        "POST /api/silences",
        "DELETE /api/silences/{id}",
        "GET /metrics",
    }


async def test_with_a_token_the_description_asks_for_it() -> None:
    async with FakeControl().client(TOKEN) as client:
        description = (await client.get("/openapi.json")).json()
    assert description["paths"]["/api/chains"]["get"]["security"] == [{"HTTPBearer": []}]
    assert "security" not in description["paths"]["/healthz"]["get"]
