from tests.support.control import FakeControl, problem
from tests.support.people import PASSWORD, SETUP_TOKEN

from turnout.domain.governance.roles import Role
from turnout.interfaces.control.access import Door


async def test_the_set_up_token_makes_the_first_admin_and_no_other() -> None:
    control = FakeControl()
    body = {"token": SETUP_TOKEN, "name": "ann", "password": PASSWORD}
    async with control.client() as client:
        wrong = await client.post("/api/setup", json={**body, "token": "guess"})
        short = await client.post("/api/setup", json={**body, "password": "short"})
        made = await client.post("/api/setup", json=body)
        again = await client.post("/api/setup", json={**body, "name": "eve"})
    assert problem(wrong) == (403, "setup.refused", None)
    assert problem(short) == (422, "user.password", "password")
    assert (made.status_code, made.json()) == (201, {"name": "ann", "role": "admin"})
    assert problem(again) == (409, "setup.exists", None)
    assert [line[1:] for line in control.people.log.told()] == [
        ("set_up", "user:ann", "refused"),
        ("set_up", "user:ann", "refused"),
        ("set_up", "user:ann", "done"),
        ("set_up", "user:eve", "refused"),
    ]


async def test_signing_in_and_out() -> None:
    control = FakeControl()
    control.people.user("ann", Role.OPERATOR)
    async with control.client() as client:
        signed_in = await client.post("/api/session", json={"name": "ann", "password": PASSWORD})
        cookie = signed_in.headers["set-cookie"]
        told = (await client.get("/api/session")).json()
        gone = await client.delete("/api/session", headers={"x-csrf-token": told["csrf_token"]})
        after = await client.get("/api/session")
    assert signed_in.status_code == 201
    assert signed_in.json() == told
    assert (told["kind"], told["name"], told["role"]) == ("user", "ann", "operator")
    assert "catalog.write" in told["permissions"]
    assert "accounts" not in told["permissions"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert gone.status_code == 204
    assert problem(after)[0] == 401
    assert control.people.accounts.sessions == {}


async def test_behind_https_the_cookie_is_secure() -> None:
    control = FakeControl()
    control.people.user("ann", Role.ADMIN)
    door = Door(is_local=False, public_url="https://turnout.example")
    async with control.client(door=door) as client:
        answer = await client.post("/api/session", json={"name": "ann", "password": PASSWORD})
    assert answer.headers["set-cookie"].startswith("__Host-turnout_session=")
    assert "; Secure" in answer.headers["set-cookie"]


async def test_a_wrong_password_and_an_unknown_name_are_told_alike() -> None:
    control = FakeControl()
    control.people.user("ann", Role.ADMIN)
    async with control.client() as client:
        wrong = await client.post("/api/session", json={"name": "ann", "password": "wrong"})
        unknown = await client.post("/api/session", json={"name": "eve", "password": "wrong"})
    assert problem(wrong) == problem(unknown) == (401, "session.refused", None)
    assert wrong.text == unknown.text
    assert control.people.passwords.verified == [f"hash of {PASSWORD}", None]
    assert [line[3] for line in control.people.log.told()] == ["refused", "refused"]


async def test_whoever_guesses_must_wait() -> None:
    control = FakeControl()
    control.people.user("ann", Role.ADMIN)
    async with control.client() as client:
        for _ in range(10):
            await client.post("/api/session", json={"name": "ann", "password": "wrong"})
        late = await client.post("/api/session", json={"name": "ann", "password": PASSWORD})
        control.people.clock.move(10.0)
        then = await client.post("/api/session", json={"name": "ann", "password": PASSWORD})
    assert problem(late) == (429, "session.too_many", None)
    assert late.headers["retry-after"] == "10"
    assert then.status_code == 201
    assert len(control.people.log.rows) == 11


async def test_a_session_ends_when_it_is_unused_or_its_user_is_gone() -> None:
    control = FakeControl()
    for name in ("ann", "bob"):
        control.people.user(name, Role.ADMIN)
    async with control.client() as client:
        await client.post("/api/session", json={"name": "ann", "password": PASSWORD})
        control.people.clock.move(3599)
        used = await client.get("/api/session")
        control.people.clock.move(3599)
        used_again = await client.get("/api/session")
        control.people.clock.move(3601)
        unused = await client.get("/api/session")
    assert (used.status_code, used_again.status_code, unused.status_code) == (200, 200, 401)
    async with control.client() as client:
        await client.post("/api/session", json={"name": "bob", "password": PASSWORD})
        del control.people.accounts.users["bob"]
        assert (await client.get("/api/session")).status_code == 401


async def test_a_token_has_no_csrf_token_to_tell() -> None:
    control = FakeControl()
    headers = control.people.token("ci", Role.VIEWER)
    async with control.client() as client:
        told = (await client.get("/api/session", headers=headers)).json()
        left = await client.delete("/api/session", headers=headers)
    assert (told["kind"], told["csrf_token"]) == ("token", None)
    assert left.status_code == 204
