from tests.support.control import FakeControl, problem

from turnout.domain.shared.ids import KeyId

ID = KeyId("key_1")


async def test_a_key_is_issued_and_its_token_shown_once() -> None:
    control = FakeControl()
    async with control.client() as client:
        issued = await client.post("/api/keys", json={"name": "ci", "routes": ["default"]})
        assert issued.status_code == 201
        assert issued.headers["cache-control"] == "no-store"
        assert issued.headers["location"] == f"/api/keys/{ID}"
        assert issued.json()["token"] == "token-1"
        for answer in (await client.get("/api/keys"), await client.get(f"/api/keys/{ID}")):
            assert "token-1" not in answer.text
            assert control.keys.keys[ID].token.digest not in answer.text


async def test_only_what_is_given_is_revised() -> None:
    control = FakeControl()
    async with control.client() as client:
        await client.post("/api/keys", json={"name": "ci", "team": "tools"})
        answer = await client.patch(f"/api/keys/{ID}", json={"providers": ["b", "a"]})
        assert answer.json()["providers"] == ["a", "b"]
        assert answer.json()["team"] == "tools"


async def test_a_key_is_rotated_and_revoked() -> None:
    control = FakeControl()
    async with control.client() as client:
        await client.post("/api/keys", json={"name": "ci"})
        rotated = await client.post(f"/api/keys/{ID}/rotate", json={"overlap_seconds": 60})
        assert rotated.json()["token"] == "token-2"
        assert rotated.json()["former_prefix"] == "p1"
        assert (await client.delete(f"/api/keys/{ID}")).json()["revoked_at"] is not None
        assert problem(await client.delete(f"/api/keys/{ID}")) == (409, "key.revoked", None)
        unknown = await client.post("/api/keys/key_9/rotate", json={})
        assert problem(unknown) == (404, "key.unknown", None)


async def test_what_a_rule_refuses_names_the_field() -> None:
    async with FakeControl().client() as client:
        for body, field in [
            ({"name": " "}, "name"),
            ({"name": "ci", "networks": ["10.0.0.1/8"]}, "networks"),
            ({"name": "ci", "expires_at": "2001-01-01T00:00:00Z"}, "expires_at"),
        ]:
            status, code, named = problem(await client.post("/api/keys", json=body))
            assert (status, named) == (422, field)
            assert code.startswith("key.")
