from tests.support.control import FakeControl, problem
from tests.support.people import PASSWORD

from turnout.domain.governance.roles import Role

TOKEN = "configured"
HEADERS = {"authorization": f"Bearer {TOKEN}"}


async def test_users_are_added_revised_and_removed() -> None:
    control = FakeControl()
    async with control.client(TOKEN) as client:
        client.headers.update(HEADERS)
        body = {"name": "ann", "role": "admin", "password": PASSWORD}
        made = await client.post("/api/users", json=body)
        again = await client.post("/api/users", json=body)
        bad = await client.post("/api/users", json={**body, "name": "a b"})
        role = await client.post("/api/users", json={**body, "role": "king"})
        last = await client.patch("/api/users/ann", json={"role": "viewer"})
        await client.post("/api/users", json={**body, "name": "bob"})
        revised = await client.patch(
            "/api/users/ann", json={"role": "viewer", "password": "another password"}
        )
        removed = await client.delete("/api/users/ann")
        gone = await client.delete("/api/users/ann")
        last_again = await client.delete("/api/users/bob")
        left = await client.get("/api/users")
    assert (made.status_code, made.json()) == (201, {"name": "ann", "role": "admin"})
    assert problem(again) == (409, "user.exists", None)
    assert problem(bad) == (422, "user.name", "name")
    assert problem(role) == (422, "request.invalid", "role")
    assert problem(last) == (409, "user.last_admin", None)
    assert revised.json() == {"name": "ann", "role": "viewer"}
    assert (removed.status_code, problem(gone)) == (204, (404, "user.unknown", None))
    assert problem(last_again) == (409, "user.last_admin", None)
    assert left.json() == [{"name": "bob", "role": "admin"}]


async def test_a_new_password_ends_the_users_sessions() -> None:
    control = FakeControl()
    control.people.user("ann", Role.ADMIN)
    async with control.client(TOKEN) as client:
        await client.post("/api/session", json={"name": "ann", "password": PASSWORD})
        body = {"password": "another password"}
        await client.patch("/api/users/ann", json=body, headers=HEADERS)
        assert (await client.get("/api/session")).status_code == 401


async def test_a_password_is_never_told() -> None:
    async with FakeControl().client(TOKEN) as client:
        answer = await client.post(
            "/api/users",
            json={"name": "ann", "role": "admin", "password": ["a secret"]},
            headers=HEADERS,
        )
    assert problem(answer)[:2] == (422, "request.invalid")
    assert "a secret" not in answer.text


async def test_a_token_is_shown_once_and_works_until_it_is_revoked() -> None:
    control = FakeControl()
    async with control.client(TOKEN) as client:
        body = {"name": "ci", "role": "viewer", "expires_in_days": 1}
        made = await client.post("/api/tokens", json=body, headers=HEADERS)
        again = await client.post("/api/tokens", json=body, headers=HEADERS)
        listed = await client.get("/api/tokens", headers=HEADERS)
        own = {"authorization": f"Bearer {made.json()['token']}"}
        good = await client.get("/api/providers", headers=own)
        control.people.clock.move(86400)
        expired = await client.get("/api/providers", headers=own)
        revoked = await client.delete("/api/tokens/ci", headers=HEADERS)
        gone = await client.delete("/api/tokens/ci", headers=HEADERS)
    assert made.status_code == 201
    assert made.json()["token"].startswith("turnout_admin_")
    assert made.headers["cache-control"] == "no-store"
    assert problem(again) == (409, "token.exists", None)
    assert listed.json() == [{"name": "ci", "role": "viewer", "expires_at": "2023-11-15T22:13:20Z"}]
    assert (good.status_code, expired.status_code, revoked.status_code) == (200, 401, 204)
    assert problem(gone) == (404, "token.unknown", None)
