from pathlib import Path

import pytest
from tests.support.cli import NotedActions

from turnout.interfaces.cli.actions import BadOptions


def test_a_scaffold_is_told_file_by_file() -> None:
    noted = NotedActions()
    ran = noted.run("new-adapter", "acme", "gemini")
    assert noted.asked == [("scaffold", "acme", "gemini")]
    assert ran.output.splitlines() == [
        "wrote src/x.py",
        "Next: fill in the row, then ./dev test tests/contract -k acme",
    ]


def test_a_refused_scaffold_ends_with_two() -> None:
    ran = NotedActions(failure=BadOptions("NAME: taken")).run("new-adapter", "acme", "gemini")
    assert (ran.code, ran.errors) == (2, "turnout: NAME: taken\n")


@pytest.mark.parametrize(
    "arguments, told",
    [
        ("--providers 0", "--providers: found 0, expected a number from 1 to 100"),
        ("--port -1", "--port: found -1, expected a number from 0 to 65535"),
        ("--providers 2 --name a", "--providers and --name: expected one of them, found both"),
        ("--error-rate 2", "--error-rate: found 2.0, expected a share between 0 and 1"),
        ("--token-delay -1", "--token-delay: found -1.0, expected seconds, 0 or more"),
        ("--error-kind oops", "--error-kind: found ('oops',), expected a list, not empty, out of"),
        ("--protocol smtp", "--protocol: found ('smtp',), expected a list out of openai_chat"),
    ],
)
def test_a_simulator_that_cannot_be_meant_is_not_started(arguments: str, told: str) -> None:
    ran = NotedActions().run("simulate", *arguments.split())
    assert ran.code == 2
    assert ran.errors.startswith(f"turnout: {told}")


def test_scripts_are_for_those_who_are_simulated() -> None:
    noted = NotedActions()
    ran = noted.run("simulate", "--name", "a", "--script", "scripts.yaml")
    assert noted.asked == [("scripts", Path("scripts.yaml"))]
    assert (ran.code, "--script: found a script for 'nobody'" in ran.errors) == (2, True)
