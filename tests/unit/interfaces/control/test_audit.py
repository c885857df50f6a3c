from tests.support.control import FakeControl, problem

from turnout.domain.governance.roles import Role


async def test_the_log_is_read_page_by_page_newest_first() -> None:
    control = FakeControl()
    admin, auditor = (
        control.people.token("root", Role.ADMIN),
        control.people.token("eyes", Role.AUDITOR),
    )
    async with control.client() as client:
        for name in ("a", "b", "c"):
            await client.delete(f"/api/chains/{name}", headers=admin)
            await client.post(f"/api/providers/{name}/enable", headers=admin)
        first = (await client.get("/api/audit?limit=2", headers=auditor)).json()
        second = (
            await client.get(f"/api/audit?limit=2&before={first['next_before']}", headers=auditor)
        ).json()
        bad = await client.get("/api/audit?limit=0", headers=auditor)
    lines = first["lines"] + second["lines"]
    assert [line["number"] for line in first["lines"]] == [3, 2]
    assert second["next_before"] is None
    assert lines[0]["actor"] == {
        "kind": "token",
        "name": "root",
        "role": "admin",
        "address": "127.0.0.1",
    }
    assert [(line["command"], line["entry"], line["reason"]) for line in lines] == [
        ("enable_provider", "provider:c", "provider.unknown"),
        ("enable_provider", "provider:b", "provider.unknown"),
        ("enable_provider", "provider:a", "provider.unknown"),
    ]
    assert problem(bad)[:2] == (422, "request.invalid")
