"""The paths; tests/e2e/test_oidc.py has a provider that signs."""

import pytest
from tests.fakes.accounts import FakeIdentities
from tests.support.control import FakeControl, problem
from tests.support.people import FakePeople

from turnout.application.ports.identity import Identity

KNOWN = {
    "ann": Identity("ann@example.org", frozenset({"staff", "admins"})),
    "eve": Identity("eve@example.org", frozenset({"guests"})),
    "a.b.c": Identity("robot", frozenset({"staff"})),
}


@pytest.fixture
def control() -> FakeControl:
    return FakeControl(people=FakePeople(identities=FakeIdentities(KNOWN)))


async def test_a_login_goes_there_and_comes_back_with_the_first_role_that_fits(
    control: FakeControl,
) -> None:
    async with control.client() as client:
        away = await client.get("/api/session/oidc")
        back = await client.get("/api/session/oidc/callback?state=state&code=ann")
        told = (await client.get("/api/session")).json()
    assert away.status_code == 303
    assert away.headers["location"].endswith("http://127.0.0.1/api/session/oidc/callback")
    assert "SameSite=lax" in away.headers["set-cookie"]
    assert (back.status_code, back.headers["location"]) == (303, "/")
    assert (told["name"], told["role"]) == ("ann@example.org", "admin")
    assert control.people.log.told() == [
        ("ann@example.org", "sign_in", "user:ann@example.org", "done")
    ]


@pytest.mark.parametrize(
    "query, told",
    [
        ("state=another&code=ann", "session.state"),
        ("state=state&code=nobody", "session.vouching"),
        ("state=state&error=access_denied", "session.vouching"),
        ("state=state&code=eve", "session.no_role"),
    ],
)
async def test_whoever_is_not_vouched_for_gets_no_session(
    control: FakeControl, query: str, told: str
) -> None:
    async with control.client() as client:
        await client.get("/api/session/oidc")
        answer = await client.get(f"/api/session/oidc/callback?{query}")
    assert problem(answer) == (403, told, None)
    assert control.people.accounts.sessions == {}


async def test_a_login_that_was_not_begun_in_this_browser_is_refused(control: FakeControl) -> None:
    async with control.client() as client:
        answer = await client.get("/api/session/oidc/callback?state=state&code=ann")
    assert problem(answer)[:2] == (403, "session.state")


async def test_a_providers_token_is_taken_as_a_bearer(control: FakeControl) -> None:
    async with control.client() as client:
        headers = {"authorization": "Bearer a.b.c"}
        told = (await client.get("/api/session", headers=headers)).json()
        nobody = await client.get("/api/session")
    assert (told["kind"], told["name"], told["role"]) == ("user", "robot", "viewer")
    assert problem(nobody)[0] == 401


async def test_without_an_identity_provider_there_is_nothing() -> None:
    async with FakeControl().client() as client:
        assert (await client.get("/api/session/oidc")).status_code == 404
        assert (await client.get("/api/session/oidc/callback?state=s")).status_code == 404
