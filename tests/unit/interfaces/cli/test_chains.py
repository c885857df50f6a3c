import json

from tests.support.cli import NotedActions

from turnout.application.ports.views import ChainRow, TargetRow

CHAIN = ChainRow(
    name="main",
    tiers=((TargetRow("a", 3), TargetRow("b", 1)), (TargetRow("c/m", 1),)),
    strategy="weighted",
    deadline_seconds=60.0,
    max_attempts=4,
    on=None,
    rescue=True,
    cache=None,
    sticky=None,
    hedge=None,
    declared=True,
)


def test_chains_are_listed_with_their_tiers_in_order() -> None:
    ran = NotedActions(chains=[CHAIN]).run("chains", "list")
    assert ran.code == 0
    assert "a | b > c/m" in ran.output
    assert NotedActions().run("chains", "list").code == 1


def test_one_is_shown_with_shares() -> None:
    output = NotedActions(chains=[CHAIN]).run("chains", "show", "main").output
    assert "at most 4 attempts within 60 s, moves on as usual, streams are rescued" in output
    assert [share in output for share in ("75%", "25%", "100%")] == [True] * 3


def test_both_are_json_for_programs() -> None:
    noted = NotedActions(chains=[CHAIN])
    assert json.loads(noted.run("chains", "list", "--json").output)[0]["name"] == "main"
    shown = json.loads(noted.run("chains", "show", "main", "--json").output)
    assert shown["tiers"][0][0] == {"target": "a", "weight": 3}


def test_a_chain_that_is_not_there_is_refused_with_one_like_it() -> None:
    ran = NotedActions(chains=[CHAIN]).run("chains", "show", "mian")
    assert ran.code == 2
    assert "no chain 'mian': did you mean 'main'?" in ran.errors
