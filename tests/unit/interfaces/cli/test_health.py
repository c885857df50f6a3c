import json
from dataclasses import replace

import pytest
from tests.support.cli import NotedActions

from turnout.application.health.probing import ProbeOutcome
from turnout.application.health.standing import CircuitState
from turnout.application.queries.health_overview import HealthRow
from turnout.domain.catalog.probe_rules import ProbeKind
from turnout.domain.health.circuit import Reason
from turnout.interfaces.cli.actions import ControlPlane, NoAnswer

WELL = HealthRow("north/m", "north", CircuitState.CLOSED, True, False, None, None, None, 200, 0.015)
OPEN = HealthRow(
    "south/m", "south", CircuitState.OPEN, False, False, Reason.STRIKES, 3661.0, 3600.0, 0, None
)
COOLING = replace(
    OPEN, state=CircuitState.CLOSED, cooling_down=True, reason=Reason.ASKED_FOR, until=7200.0
)
GOOD = ProbeOutcome("north", ProbeKind.MODELS, True, "lists 3 models", 12.345)
BAD = ProbeOutcome("north#2", ProbeKind.MODELS, False, "timeout: silent for 5 s", 5000.0)


def test_health_is_a_table_of_what_is_asked_and_why_not() -> None:
    noted = NotedActions(health=[WELL, OPEN])
    ran = noted.run("providers", "health")
    assert noted.asked == [("health", ControlPlane("http://127.0.0.1:8081"))]
    assert ran.code == 0
    north, south = (line for line in ran.output.splitlines() if "/m" in line)
    assert [word in north for word in ("closed", "yes", "200", "2%")] == [True] * 4
    words = ("open", "no", "strikes", "01:01:01 UTC", "01:00:00 UTC")
    assert [word in south for word in words] == [True] * 5


def test_a_cooldown_is_told_apart_from_a_circuit() -> None:
    ran = NotedActions(health=[COOLING]).run("providers", "health")
    assert "cooling down" in ran.output
    assert ran.code == 1, "nothing is asked now"


def test_health_is_json_for_programs() -> None:
    ran = NotedActions(health=[WELL]).run("providers", "health", "--json")
    (row,) = json.loads(ran.output)
    assert (row["deployment"], row["state"], row["error_rate"]) == ("north/m", "closed", 0.015)


@pytest.mark.parametrize(("outcomes", "code"), [([GOOD], 0), ([GOOD, BAD], 1)])
def test_a_probe_is_a_line_for_each_account(outcomes: list[ProbeOutcome], code: int) -> None:
    noted = NotedActions(outcomes=outcomes)
    ran = noted.run("providers", "probe", "north", "--url", "http://gw:1/", "--token", "t")
    assert noted.asked == [("probe", ControlPlane("http://gw:1", "t"), "north")]
    assert ran.code == code
    lines = ran.output.splitlines()
    assert lines[0] == "north is there: lists 3 models (models in 12 ms)"
    assert all("is NOT there: timeout" in line for line in lines[1:])


def test_a_probe_is_json_for_programs() -> None:
    ran = NotedActions(outcomes=[BAD]).run("providers", "probe", "north", "--json")
    assert json.loads(ran.output)[0]["account"] == "north#2"
    assert ran.code == 1


def test_a_gateway_that_does_not_answer_ends_with_1() -> None:
    ran = NotedActions(failure=NoAnswer("http://127.0.0.1:8081: refused")).run(
        "providers", "health"
    )
    assert ran.code == 1
    assert "refused" in ran.errors
