from dataclasses import asdict

from tests.support.control import FakeControl, problem

from turnout.application.health.standing import CircuitState
from turnout.application.queries.health_overview import HealthRow
from turnout.domain.health.circuit import Reason

ROW = HealthRow("a/m", "a", CircuitState.OPEN, False, False, Reason.STRIKES, 20.0, 10.0, 40, 0.25)


async def test_every_deployment_is_shown() -> None:
    async with FakeControl(health=[ROW]).client() as client:
        answer = await client.get("/api/health")
    assert answer.json() == [asdict(ROW)]


async def test_transitions_are_limited() -> None:
    async with FakeControl().client() as client:
        assert (await client.get("/api/health/transitions", params={"limit": 5})).status_code == 200
        refused = await client.get("/api/health/transitions", params={"limit": 0})
    assert problem(refused) == (422, "request.invalid", "limit")
