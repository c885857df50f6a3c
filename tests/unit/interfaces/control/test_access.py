import pytest
from tests.support.control import FakeControl, problem

TOKEN = "correct horse battery staple"
OPEN = ["/healthz", "/readyz", "/docs", "/docs/swagger-ui.css", "/openapi.json"]
GUARDED = ["/api/providers", "/api/providers/x", "/api/chains", "/api", "//api/providers", "/else"]


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x"],
)
async def test_without_the_token_nothing_is_told(path: str, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    async with FakeControl().client(TOKEN) as client:
        answer = await client.get(path, headers=headers)
    assert problem(answer) == (401, "access.denied", None)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert TOKEN not in answer.text


async def test_with_the_token_everything_is_open_under_any_name() -> None:
    headers = {
        "authorization": f"bearer {TOKEN}",
        "host": "turnout.example.invalid",
        "origin": "http://a.invalid",
    }
    async with FakeControl().client(TOKEN) as client:
        answer = await client.get("/api/providers", headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("token", [None, TOKEN])
@pytest.mark.parametrize("path", OPEN)
async def test_probes_and_documentation_are_always_open(path: str, token: str | None) -> None:
    async with FakeControl().client(token) as client:
        answer = await client.get(path, headers={"host": "turnout.example.invalid"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8081", "127.0.0.1:8081", "[::1]:8081", "10.0.0.7"]
)
async def test_without_a_token_addresses_may_be_used(host: str) -> None:
    async with FakeControl().client() as client:
        answer = await client.get("/api/providers", headers={"host": host})
        own_page = await client.get(
            "/api/providers", headers={"host": host, "origin": f"http://{host}"}
        )
    assert (answer.status_code, own_page.status_code) == (200, 200)


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "attacker.invalid"},  # a name that was made to point to this machine
        {"host": "attacker.invalid", "origin": "http://attacker.invalid"},
        {"host": ""},
        {"host": "127.0.0.1:8081", "origin": "http://attacker.invalid"},
        {"host": "127.0.0.1:8081", "origin": "http://127.0.0.1:9999"},
        {"host": "127.0.0.1:8081", "origin": "null"},
    ],
)
async def test_without_a_token_other_sites_pages_are_refused(headers: dict[str, str]) -> None:
    async with FakeControl().client() as client:
        answer = await client.post("/api/providers/x/disable", headers=headers)
    assert problem(answer) == (403, "access.foreign", None)
