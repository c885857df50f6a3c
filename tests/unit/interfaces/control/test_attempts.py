import csv
from io import StringIO

import pytest
from tests.support.attempts import attempt_row
from tests.support.control import FakeControl, problem

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.application.ports.usage_views import Dimension


def control_with(*positions: int) -> FakeControl:
    control = FakeControl()
    control.usage.attempts.rows = [attempt_row(position) for position in positions]
    return control


async def test_pages_of_attempts_follow_each_other() -> None:
    async with control_with(3, 2, 1).client() as client:
        first = (await client.get("/api/attempts", params={"limit": 2})).json()
        rest = await client.get("/api/attempts", params={"limit": 2, "before": first["next"]})
    assert (len(first["attempts"]), first["next"]) == (2, "1-2")
    assert (len(rest.json()["attempts"]), rest.json()["next"]) == (1, None)
    attempt = first["attempts"][0]
    assert (attempt["started_at"], attempt["ended_at"], attempt["cost"]) == (98.5, 100.0, "0.0035")


async def test_attempts_are_narrowed() -> None:
    control = control_with()
    query = {"outcome": "failed", "status": "429", "key": "ci", "since": "1h"}
    async with control.client() as client:
        await client.get("/api/attempts", params=query)
    (wanted,) = control.usage.attempts.asked
    assert (wanted.outcome, wanted.status) == (AttemptOutcome.FAILED, 429)
    assert wanted.narrowed == {Dimension.KEY: "ci"}
    assert wanted.since == control.usage.clock.epoch - 3_600


async def test_a_request_is_its_attempts_in_order() -> None:
    control = FakeControl()
    control.usage.attempts.rows = [attempt_row(2, number=2, at=103.0), attempt_row(1)]
    async with control.client() as client:
        answer = (await client.get("/api/requests/req_1")).json()
        unknown = await client.get("/api/requests/req_2")
    assert (answer["began_at"], answer["seconds"]) == (98.5, 4.5)
    assert [attempt["number"] for attempt in answer["attempts"]] == [1, 2]
    assert problem(unknown)[:2] == (404, "request.unknown")


async def test_attempts_as_csv() -> None:
    async with control_with(2, 1).client() as client:
        answer = await client.get("/api/attempts.csv")
    lines = list(csv.DictReader(StringIO(answer.text)))
    assert len(lines) == 2
    assert lines[0]["ended_at"] == "1970-01-01T00:01:40+00:00"
    assert (lines[0]["cost"], lines[0]["input_tokens"]) == ("0.0035", "1000")
    assert lines[0]["cached_input_tokens"] == lines[0]["failure"] == ""


@pytest.mark.parametrize(
    "query, field",
    [
        ({"before": "x"}, "before"),
        ({"before": f"{2**63}-1"}, "before"),
        ({"limit": "0"}, "limit"),
        ({"outcome": "lost"}, "outcome"),
        ({"status": "1"}, "status"),
    ],
)
async def test_what_cannot_be_asked_is_refused(query: dict[str, str], field: str) -> None:
    async with control_with().client() as client:
        answer = await client.get("/api/attempts", params=query)
    assert problem(answer) == (422, "request.invalid", field)
