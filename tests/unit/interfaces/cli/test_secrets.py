from pathlib import Path

from tests.support.cli import NotedActions
from typer.testing import CliRunner

from turnout.interfaces.cli.app import make_cli
from turnout.interfaces.cli.secret_actions import Rotated

FILE = Path("turnout.yaml")


def test_what_comes_in_is_sealed_without_its_line_end() -> None:
    noted = NotedActions()
    ran = CliRunner().invoke(make_cli(noted.actions()), ["secrets", "seal"], input="planted\n")
    assert (ran.exit_code, ran.stdout) == (0, "sealed:AQ\n")
    assert noted.asked == [("seal", FILE, "planted")]


def test_nothing_is_no_secret() -> None:
    noted = NotedActions()
    ran = CliRunner().invoke(make_cli(noted.actions()), ["secrets", "seal"], input="\n")
    assert ran.exit_code == 2
    assert "expected a secret" in ran.stderr
    assert noted.asked == []


def test_a_rotation_says_what_it_has_done_and_what_is_left() -> None:
    noted = NotedActions(rotated=Rotated(2, 1, "now give the new key"))
    arguments = ["secrets", "rotate", "--new-key", "new.key"]
    ran = CliRunner().invoke(make_cli(noted.actions()), arguments)
    assert ran.stdout == "sealed anew: 2 in files, 1 in the store\nnow give the new key\n"
    assert noted.asked == [("rotate secrets", FILE, Path("new.key"))]
