import json
from pathlib import Path

import pytest
from tests.support.cli import NotedActions

from turnout.interfaces.cli.actions import BadConfiguration, ServeOptions, Setting

SETTINGS = [
    Setting("server.port", 9000, "turnout.yaml:3"),
    Setting("server.host", "127.0.0.1", "default"),
]


def test_the_file_decides_what_the_command_line_leaves_open() -> None:
    noted = NotedActions()
    assert noted.run("serve").code == 7
    assert noted.asked == [("serve", ServeOptions(Path("turnout.yaml")))]


def test_every_option_of_serve_arrives() -> None:
    noted = NotedActions()
    arguments = "--config f.yaml --host ::1 --port 0 --control-port 1 --workers 2 --role data"
    noted.run("serve", *arguments.split(), "--insecure")
    options = ServeOptions(Path("f.yaml"), "::1", 0, 1, 2, "data", insecure=True)
    assert noted.asked == [("serve", options)]


@pytest.mark.parametrize(
    "arguments, told",
    [
        ("--role both", "--role: found 'both', expected all, data or control"),
        ("--port 65536", "--port: found 65536, expected a number from 0 to 65535"),
        ("--control-port -1", "--control-port: found -1, expected a number from 0 to 65535"),
        ("--workers 0", "--workers: found 0, expected a number from 1 to 1024"),
        ("--prot 1", "No such option: --prot"),
    ],
)
def test_bad_options_are_named_and_nothing_is_started(arguments: str, told: str) -> None:
    noted = NotedActions()
    ran = noted.run("serve", *arguments.split())
    assert (ran.code, noted.asked) == (2, [])
    assert told in ran.errors


def test_check_says_what_the_file_declares() -> None:
    noted = NotedActions()
    ran = noted.run("config", "check", "f.yaml")
    assert (ran.code, ran.output) == (0, "good\n")
    assert noted.asked == [("check", Path("f.yaml"))]


def test_every_fault_is_a_line_and_the_exit_code_is_two() -> None:
    noted = NotedActions(failure=BadConfiguration(["f:1: a", "f:2: b"]))
    ran = noted.run("config", "check")
    assert (ran.code, ran.output, ran.errors) == (2, "", "f:1: a\nf:2: b\n")
    assert noted.asked == [("check", Path("turnout.yaml"))]


def test_show_leaves_defaults_out_unless_resolved() -> None:
    noted = NotedActions(settings=SETTINGS)
    assert noted.run("config", "show").output == "server.port = 9000  # turnout.yaml:3\n"
    lines = noted.run("config", "show", "--resolved").output.splitlines()
    assert lines[1] == "server.host = '127.0.0.1'  # default"
    shown = json.loads(noted.run("config", "show", "--resolved", "--json").output)
    assert shown[0] == {"path": "server.port", "value": 9000, "origin": "turnout.yaml:3"}


@pytest.mark.parametrize(
    "arguments, asked",
    [
        ((), (Path("turnout.yaml"), None)),
        (("--config", "f.yaml"), (Path("f.yaml"), None)),
        (("--url", "sqlite:///x.db"), (None, "sqlite:///x.db")),
    ],
)
def test_the_store_is_that_of_the_file_or_the_one_named(
    arguments: tuple[str, ...], asked: tuple[Path | None, str | None]
) -> None:
    noted = NotedActions()
    ran = noted.run("db", "upgrade", *arguments)
    assert (ran.code, ran.output) == (0, "the store is at revision 0007\n")
    assert noted.asked == [("upgrade", *asked)]


def test_a_store_is_not_named_twice() -> None:
    noted = NotedActions()
    ran = noted.run("db", "upgrade", "--config", "f", "--url", "sqlite:///x.db")
    assert (ran.code, noted.asked) == (2, [])
    assert ran.errors == "turnout: --config and --url: expected one of them, found both\n"
