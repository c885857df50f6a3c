import json
from decimal import Decimal

import pytest
from tests.support.cli import NotedActions

from turnout.application.ports.usage_views import Span
from turnout.application.queries.usage import Figures, Named, Percentiles, Told
from turnout.interfaces.cli.actions import ControlPlane, NoAnswer

HERE = ControlPlane("http://127.0.0.1:8081")
FIGURES = Figures(
    requests=1_234,
    answered=1_200,
    success_rate=0.975,
    attempts=1_300,
    failed=66,
    attempt_success_rate=0.95,
    abandoned=0,
    hedged=0,
    saved=36,
    cached=5,
    shared=2,
    tokens={"input_tokens": 10_000, "output_tokens": 2_000},
    cost=Decimal("12.5"),
    avoided_cost=Decimal("0.25"),
    unpriced=3,
    failures={"timeout": 66},
    latency=Percentiles(1_200, 0.5, 0.9, 1.25, 2.0),
    first_token=Percentiles(0, None, None, None, None),
)
TOLD = Told(Span(0, 86_400, 3_600), [Named("north", None, FIGURES)])


def test_stats_are_a_table() -> None:
    noted = NotedActions(told=TOLD)
    ran = noted.run("stats", "--by", "provider", "--since", "7d", "--only", "team=research")
    assert noted.asked == [("summary", HERE, {"by": "provider", "since": "7d", "team": "research"})]
    (line,) = (line for line in ran.output.splitlines() if "north" in line)
    words = ("1,234", "97.50%", "66", "36", "7", "1.250 s", "10,000", "12.5000", "0.2500")
    assert [word for word in words if word not in line] == []
    assert "the cost of 3 attempts is unknown" in ran.output
    assert ran.code == 0


def test_stats_are_json() -> None:
    ran = NotedActions(told=TOLD).run("stats", "--json")
    told = json.loads(ran.output)
    assert told["rows"][0]["figures"]["cost"] == "12.5"


def test_the_first_by_a_measure_are_asked_for() -> None:
    noted = NotedActions(told=TOLD)
    noted.run("stats", "--first", "cost", "--by", "key")
    assert noted.asked == [("top", HERE, {"by": "key", "measure": "cost", "since": "24h"})]


def test_stats_are_csv() -> None:
    noted = NotedActions()
    ran = noted.run("stats", "--csv")
    assert ran.output.splitlines() == ["start,name"]
    assert noted.run("stats", "--csv", "--first", "cost").code == 2


@pytest.mark.parametrize("only", ["team", "colour=red", "team="])
def test_what_cannot_be_narrowed_to_is_refused(only: str) -> None:
    noted = NotedActions()
    ran = noted.run("stats", "--only", only)
    assert (ran.code, noted.asked) == (2, [])
    assert "--only" in ran.errors and only in ran.errors


def test_the_newest_attempts_are_listed() -> None:
    noted = NotedActions()
    ran = noted.run("requests", "list", "--outcome", "failed", "--limit", "5")
    asked = {"outcome": "failed", "since": "24h", "limit": "5"}
    assert noted.asked == [("attempts", HERE, asked)]
    (line,) = (line for line in ran.output.splitlines() if "req_1" in line)
    words = ("north/m", "overloaded 503", "1,200 + 3", "?")
    assert [word for word in words if word not in line] == []


def test_attempts_are_json() -> None:
    ran = NotedActions().run("requests", "list", "--json")
    assert json.loads(ran.output)[0]["request"] == "req_1"
    assert NotedActions().run("requests", "list", "--limit", "0").code == 2


def test_a_request_is_drawn() -> None:
    noted = NotedActions()
    ran = noted.run("requests", "show", "req_1", "--url", "http://10.0.0.1:1")
    assert noted.asked == [("request", ControlPlane("http://10.0.0.1:1"), "req_1")]
    assert "took 2.000 s" in ran.output
    assert f"{'=' * 20}" in ran.output and "1.000 s" in ran.output
    assert json.loads(noted.run("requests", "show", "req_1", "--json").output)["seconds"] == 2.0


def test_a_gateway_that_does_not_answer_ends_with_one() -> None:
    ran = NotedActions(failure=NoAnswer("nobody there")).run("requests", "show", "x")
    assert (ran.code, ran.errors) == (1, "turnout: nobody there\n")
