from importlib.metadata import version

import pytest
from tests.support.cli import NotedActions


def test_the_version_is_the_packages() -> None:
    assert NotedActions().run("--version").output == f"turnout {version('turnout')}\n"


@pytest.mark.parametrize(
    "group, commands",
    [
        ((), "serve config explain providers db demo simulate new-adapter"),
        (("config",), "check show"),
        (("providers",), "list"),
        (("db",), "upgrade"),
    ],
)
def test_help_lists_the_commands(group: tuple[str, ...], commands: str) -> None:
    shown = NotedActions().run(*group, "--help").output
    assert all(f" {command} " in shown for command in commands.split())


def test_an_unknown_command_is_named() -> None:
    ran = NotedActions().run("sreve")
    assert ran.code == 2
    assert "No such command 'sreve'" in ran.errors
