import json
from pathlib import Path

import pytest
from tests.support.cli import NotedActions
from tests.support.gateways import deployment

from turnout.application.ports.views import DeploymentRow, ProviderRow
from turnout.application.queries.explain_route import Explanation
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.routing.route_plan import Drop, PlannedTarget, RoutePlan
from turnout.interfaces.cli.actions import ControlPlane, NoAnswer

C = Capability
FILE = Path("turnout.yaml")
PLAN = RoutePlan(
    "default",
    (PlannedTarget(deployment("north"), 0, "north"),),
    (Drop("south", 1, "capability", "south/m has no vision"),),
)
EXPLANATION = Explanation("default", 3, PLAN, deadline_seconds=60, max_attempts=4)
ROW = ProviderRow(
    name="north",
    vendor="",
    protocol="openai_chat",
    base_url="http://127.0.0.1:9",
    credential="${KEY}",
    further_credentials=(),
    enabled=True,
    weight=1,
    priority=100,
    headers={},
    options={},
    timeouts={},
    circuit={},
    probe={},
    concurrency={},
    declared=True,
    deployments=(DeploymentRow("m", "m", (), ("chat",), None, None, None),),
)


def test_needs_are_read_and_the_table_shows_targets_and_drops() -> None:
    noted = NotedActions(EXPLANATION)
    ran = noted.run("explain", "-m", "default", "--needs", "tools,vision", "--stream")
    needs = Requirement(frozenset({C.CHAT, C.TOOLS, C.VISION, C.STREAMING}))
    assert noted.asked == [("explain", FILE, "default", needs)]
    assert ran.code == 0
    assert "Route 'default': at most 4 attempts within 60 s" in ran.output
    assert "south/m has no vision" in ran.output


def test_json_is_for_programs() -> None:
    ran = NotedActions(EXPLANATION).run("explain", "--model", "default", "--json")
    told = json.loads(ran.output)
    assert [target["provider"] for target in told["targets"]] == ["north"]
    assert told["dropped"][0]["rule"] == "capability"


@pytest.mark.parametrize("plan", [None, RoutePlan("default", (), ())])
def test_a_request_that_goes_nowhere_ends_with_one(plan: RoutePlan | None) -> None:
    noted = NotedActions(Explanation("defualt", 0, plan, ("default",), 60, 4))
    ran = noted.run("explain", "--model", "defualt")
    assert ran.code == 1
    if plan is None:
        assert ran.output == "Nothing is called 'defualt'. Did you mean default?\n"


def test_a_running_gateway_is_asked_with_the_token() -> None:
    noted = NotedActions(EXPLANATION, rows=[ROW])
    noted.run("explain", "-m", "x", "--url", "http://h:1/", TURNOUT_ADMIN_TOKEN="planted")
    noted.run("providers", "list", "--url", "http://h:1", "--token", "planted")
    plane = ControlPlane("http://h:1", "planted")
    assert noted.asked == [
        ("explain", plane, "x", Requirement(frozenset({C.CHAT}))),
        ("providers", plane, frozenset()),
    ]
    assert "planted" not in repr(plane)


def test_a_gateway_that_refuses_ends_with_one() -> None:
    ran = NotedActions(failure=NoAnswer("no")).run("providers", "list", "--url", "http://h:1")
    assert (ran.code, ran.errors) == (1, "turnout: no\n")


@pytest.mark.parametrize(
    "arguments, told",
    [
        ("--url http://h:1 --config f", "--config and --url: expected one of them, found both"),
        ("--url h:1", "--url: found 'h:1', expected an address like http://127.0.0.1:8081"),
        ("--needs visoin", "--needs: found 'visoin', expected one of chat, streaming"),
        ("--input-tokens -1", "--input-tokens: found -1, expected a number from 0 to"),
    ],
)
def test_bad_options_are_named_and_nobody_is_asked(arguments: str, told: str) -> None:
    noted = NotedActions()
    ran = noted.run("explain", "--model", "m", *arguments.split())
    assert (ran.code, noted.asked) == (2, [])
    assert told in ran.errors


def test_providers_are_found_by_what_they_offer() -> None:
    noted = NotedActions(rows=[ROW])
    ran = noted.run("providers", "list", "--capability", "vision", "--capability", "tools")
    assert noted.asked == [("providers", FILE, frozenset({C.VISION, C.TOOLS}))]
    assert ran.code == 0
    assert "north" in ran.output
    (told,) = json.loads(noted.run("providers", "list", "--json").output)
    assert (told["name"], told["deployments"][0]["model"]) == ("north", "m")


def test_finding_none_ends_with_one() -> None:
    assert NotedActions().run("providers", "list", "--capability", "audio").code == 1
