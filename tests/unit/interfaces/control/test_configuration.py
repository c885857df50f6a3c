from tests.support.control import FakeControl, problem

from turnout.interfaces.control.handlers import ConfigurationStatus


async def test_what_is_in_force_is_told() -> None:
    async with FakeControl().client() as client:
        told = (await client.get("/api/configuration/status")).json()
    assert told == {
        "revision": 7,
        "watching": True,
        "files": ["a.yaml"],
        "applied_at": "1970-01-01T00:00:01Z",
        "last_error": None,
        "needs_restart": [],
    }


async def test_the_last_error_has_its_time_and_every_fault() -> None:
    status = ConfigurationStatus(7, False, (), 1.0, 2.5, ("f:1: a", "f:2: b"), ("server.port",))
    async with FakeControl(status=status).client() as client:
        told = (await client.get("/api/configuration/status")).json()
    assert told["last_error"] == {
        "at": "1970-01-01T00:00:02.500000Z",
        "faults": ["f:1: a", "f:2: b"],
    }
    assert told["needs_restart"] == ["server.port"]


async def test_it_asks_for_the_token() -> None:
    async with FakeControl().client("token") as client:
        assert problem(await client.get("/api/configuration/status"))[0] == 401
