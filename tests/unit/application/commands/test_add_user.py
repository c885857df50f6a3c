import pytest
from tests.fakes.accounts import FakeAccounts, PlainPasswords

from turnout.application.commands.add_user import AddUser, AddUserHandler
from turnout.domain.governance.roles import Role
from turnout.domain.shared.errors import DomainError


async def test_a_user_is_added_once() -> None:
    accounts = FakeAccounts()
    add = AddUserHandler(accounts.begin, PlainPasswords())
    await add(AddUser("ann", Role.VIEWER, "correct horse battery"))
    assert accounts.users["ann"].role is Role.VIEWER
    with pytest.raises(DomainError, match="already"):
        await add(AddUser("ann", Role.ADMIN, "correct horse battery"))
    assert accounts.users["ann"].role is Role.VIEWER
