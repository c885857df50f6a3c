from pathlib import Path

import pytest
from tests.support.cli import NotedActions, run

from turnout.domain.governance.accounts import AdminToken, User
from turnout.domain.governance.roles import Role
from turnout.interfaces.cli.actions import BadOptions

FILE = Path("turnout.yaml")


def test_a_user_is_added_with_a_password_that_is_not_shown() -> None:
    noted = NotedActions()
    ran = run(noted.actions(), "admins", "add", "ann", "--role", "admin", given="p w\np w\n")
    assert ran.code == 0
    assert noted.asked == [("add user", FILE, "ann", Role.ADMIN, "p w")]
    assert "added the user ann as admin" in ran.output
    assert "p w" not in ran.output


def test_a_password_is_read_from_standard_input() -> None:
    noted = NotedActions()
    arguments = ("admins", "add", "ann", "--password-stdin", "-c", "a.yaml")
    run(noted.actions(), *arguments, given="secret\n")
    assert noted.asked == [("add user", Path("a.yaml"), "ann", Role.VIEWER, "secret")]


def test_users_and_tokens_are_listed() -> None:
    tokens = [AdminToken("ci", Role.OPERATOR, "d", 0.0), AdminToken("old", Role.VIEWER, "d")]
    noted = NotedActions(accounts=([User("ann", Role.ADMIN, "h")], tokens))
    lines = run(noted.actions(), "admins", "list").output.splitlines()
    assert any("user" in line and "ann" in line and "admin" in line for line in lines)
    assert any("ci" in line and "1970-01-01 00:00 UTC" in line for line in lines)
    assert any("old" in line and "never" in line for line in lines)


def test_a_user_is_removed_and_a_token_issued_or_revoked() -> None:
    noted = NotedActions()
    run(noted.actions(), "admins", "remove", "ann")
    issued = run(noted.actions(), "admins", "token", "ci", "--role", "operator", "--days", "2")
    run(noted.actions(), "admins", "token", "ci", "--revoke")
    assert noted.asked == [
        ("remove user", FILE, "ann"),
        ("issue token", FILE, "ci", Role.OPERATOR, 2.0),
        ("revoke token", FILE, "ci"),
    ]
    assert issued.output == "turnout_admin_x\n"


@pytest.mark.parametrize("days", ["0", "-1", "4000"])
def test_days_have_bounds(days: str) -> None:
    noted = NotedActions()
    ran = run(noted.actions(), "admins", "token", "ci", f"--days={days}")
    assert (ran.code, noted.asked) == (2, [])
    assert "--days: found" in ran.errors


def test_what_a_rule_forbids_ends_with_2() -> None:
    noted = NotedActions(failure=BadOptions("this is the last admin"))
    ran = run(noted.actions(), "admins", "remove", "ann")
    assert (ran.code, ran.errors) == (2, "turnout: this is the last admin\n")
