import json
from dataclasses import replace

import pytest
from tests.support.cli import NotedActions
from tests.support.statuses import HEALTH, gateway_status
from tests.unit.interfaces.cli.test_alerts import FIRING

from turnout.interfaces.cli.actions import ControlPlane, NoAnswer
from turnout.interfaces.cli.status_actions import GatewayStatus

WELL = gateway_status()
HERE = ControlPlane("http://127.0.0.1:8081")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (WELL, 0),
        (replace(WELL, health=[]), 0),
        (replace(WELL, alerts=[FIRING]), 1),
        (replace(WELL, alerts=[replace(FIRING, silenced_until=1.0)]), 0),
        (replace(WELL, health=[replace(HEALTH, admits=False)]), 1),
    ],
)
def test_status_ends_with_one_if_something_is_the_matter(status: GatewayStatus, code: int) -> None:
    noted = NotedActions(status=status)
    ran = noted.run("status", "--since", "2h")
    assert ran.code == code
    assert noted.asked == [("status", HERE, "2h")]
    assert "revision 7" in ran.output


def test_status_is_json_for_programs() -> None:
    told = json.loads(NotedActions(status=WELL).run("status", "--json").output)
    assert told["traffic"]["rows"][0]["figures"]["cost"] == "1.5"


def test_top_looks_again_and_again() -> None:
    noted = NotedActions(status=WELL)
    ran = noted.run("top", "--rounds", "3", "--every", "5")
    assert ran.code == 0
    assert [call[0] for call in noted.asked] == ["status", "wait", "status", "wait", "status"]
    assert ("wait", 5) in noted.asked
    assert "1 of 1" in ran.output


def test_top_is_a_line_of_json_for_each_look() -> None:
    ran = NotedActions(status=WELL).run("top", "--rounds", "2", "--json")
    assert [
        json.loads(line)["data_plane"]["asks_for_keys"] for line in ran.output.splitlines()
    ] == [
        True,
        True,
    ]


def test_a_gateway_that_does_not_answer_ends_with_one() -> None:
    ran = NotedActions(failure=NoAnswer("nobody is there")).run("top", "--rounds", "2")
    assert (ran.code, ran.errors) == (1, "turnout: nobody is there\n")


def test_top_has_bounds() -> None:
    assert NotedActions(status=WELL).run("top", "--every", "0").code == 2
