import pytest
from tests.support.control import FakeControl

from turnout.interfaces.control.access import Door
from turnout.interfaces.control.security_headers import HSTS, NOTHING

PATHS = ["/", "/docs", "/docs/swagger-ui.css", "/openapi.json", "/api/providers", "/none"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("token", [None, "an-admin-token-of-the-tests"])
async def test_every_answer_has_them_refusals_too(path: str, token: str | None) -> None:
    async with FakeControl().client(token) as client:
        headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "strict-transport-security" not in headers


async def test_what_the_api_says_is_not_kept_and_runs_nothing() -> None:
    async with FakeControl().client() as client:
        for path in ("/api/providers", "/api/none", "/openapi.json"):
            headers = (await client.get(path)).headers
            assert headers["cache-control"] == "no-store"
            assert headers["content-security-policy"] == NOTHING


async def test_endpoints_may_know_better() -> None:
    async with FakeControl().client() as client:
        assert "max-age" in (await client.get("/docs/swagger-ui.css")).headers["cache-control"]
        assert (await client.get("/docs")).headers["cache-control"] == "no-cache"


async def test_whoever_came_by_https_is_to_keep_to_it() -> None:
    async with FakeControl().client(base_url="https://127.0.0.1") as client:
        assert (await client.get("/docs")).headers["strict-transport-security"] == HSTS
    behind = Door(public_url="https://turnout.example.org")
    async with FakeControl().client(door=behind) as client:
        assert (await client.get("/docs")).headers["strict-transport-security"] == HSTS
