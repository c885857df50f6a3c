import pytest
from tests.fakes.accounts import FakeAccounts, PlainPasswords

from turnout.application.commands.revise_user import ReviseUser, ReviseUserHandler
from turnout.domain.governance.accounts import Session, User
from turnout.domain.governance.roles import Role
from turnout.domain.shared.errors import DomainError


@pytest.fixture
def accounts() -> FakeAccounts:
    users = {name: User(name, Role.ADMIN, "old") for name in ("ann", "bob")}
    return FakeAccounts(users, sessions={"d": Session("d", "ann", None, 1.0, 1.0)})


async def test_what_is_not_given_stays(accounts: FakeAccounts) -> None:
    revise = ReviseUserHandler(accounts.begin, PlainPasswords())
    await revise(ReviseUser("ann", role=Role.AUDITOR))
    assert accounts.users["ann"] == User("ann", Role.AUDITOR, "old")
    assert accounts.sessions
    await revise(ReviseUser("ann", password="correct horse battery"))
    assert accounts.users["ann"] == User("ann", Role.AUDITOR, "hash of correct horse battery")
    assert accounts.sessions == {}


@pytest.mark.parametrize(
    "command, code",
    [
        (ReviseUser("eve", Role.ADMIN), "user.unknown"),
        (ReviseUser("ann", password="short"), "user.password"),
        (ReviseUser("bob", Role.VIEWER), "user.last_admin"),
    ],
)
async def test_it_is_refused(accounts: FakeAccounts, command: ReviseUser, code: str) -> None:
    accounts.users["ann"] = User("ann", Role.VIEWER, "old")
    before = dict(accounts.users)
    with pytest.raises(DomainError) as refusal:
        await ReviseUserHandler(accounts.begin, PlainPasswords())(command)
    assert (refusal.value.code, accounts.users) == (code, before)
