import json
from pathlib import Path

import pytest
from tests.support.cli import NOW, NotedActions, run

from turnout.domain.governance.access_key import KeySettings
from turnout.domain.governance.scope import Scope
from turnout.interfaces.cli.where import ControlPlane

FILE = Path("turnout.yaml")


def test_the_token_alone_goes_to_standard_output() -> None:
    noted = NotedActions()
    ran = run(noted.actions(), "keys", "issue", "--name", "ci")
    assert (ran.code, ran.output) == (0, "sk-to-planted\n")
    assert "key_1 (ci): the token is not shown again" in ran.errors
    assert noted.asked == [("issue key", FILE, KeySettings("ci"))]


def test_options_say_what_a_key_may_be_used_for() -> None:
    noted = NotedActions()
    ran = run(
        noted.actions(), "keys", "issue", "--name", "ci", "--team", "tools", "--project", "bots",
        "--route", "default", "--route", "fast", "--model", "m", "--provider", "openai",
        "--network", "10.0.0.0/8", "--metadata", "owner=ann=x", "--expires", "2d",
        "--url", "http://127.0.0.1:8081", "--token", "planted", "--json",
    )  # fmt: skip
    assert json.loads(ran.output)["token"] == "sk-to-planted"
    scope = Scope(
        frozenset({"default", "fast"}),
        frozenset({"m"}),
        frozenset({"openai"}),
        frozenset({"10.0.0.0/8"}),
    )
    settings = KeySettings("ci", "tools", "bots", scope, {"owner": "ann=x"}, NOW + 2 * 86400)
    assert noted.asked == [
        ("issue key", ControlPlane("http://127.0.0.1:8081", "planted"), settings)
    ]


def test_a_moment_may_be_given_too() -> None:
    noted = NotedActions()
    run(noted.actions(), "keys", "issue", "--name", "ci", "--expires", "2096-10-02T07:06:40Z")
    run(noted.actions(), "keys", "issue", "--name", "ci", "--expires", "2096-10-02T07:06:40")
    assert {call[2].expires_at_seconds for call in noted.asked} == {4_000_000_000.0}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("issue", "--name", "ci", "--expires", "soon"), "--expires: found 'soon', expected"),
        (("issue", "--name", "ci", "--network", "x"), "networks: found 'x', expected"),
        (("issue", "--name", "ci", "--metadata", "x"), "--metadata: found 'x', expected"),
        (("rotate", "key_1", "--overlap", "1"), "--overlap: found '1', expected"),
    ],
)
def test_bad_options_are_named(options: tuple[str, ...], words: str) -> None:
    noted = NotedActions()
    ran = run(noted.actions(), "keys", *options)
    assert ran.code == 2
    assert words in ran.errors
    assert noted.asked == []


def test_keys_are_listed_rotated_and_revoked() -> None:
    noted = NotedActions()
    listed = run(noted.actions(), "keys", "list")
    assert all(words in listed.output for words in ("key_1", "azure, openai", "10.0.0.0/8"))
    assert json.loads(run(noted.actions(), "keys", "list", "--json").output)[0]["id"] == "key_1"
    assert run(noted.actions(), "keys", "rotate", "key_1", "--overlap", "7d").code == 0
    assert run(noted.actions(), "keys", "revoke", "key_1").output == "key_1 is revoked\n"
    assert noted.asked[2:] == [
        ("rotate key", FILE, "key_1", 7 * 86400.0),
        ("revoke key", FILE, "key_1"),
    ]
