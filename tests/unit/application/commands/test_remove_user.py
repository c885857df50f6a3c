import pytest
from tests.fakes.accounts import FakeAccounts

from turnout.application.commands.remove_user import RemoveUser, RemoveUserHandler
from turnout.domain.governance.accounts import User
from turnout.domain.governance.roles import Role
from turnout.domain.shared.errors import DomainError


async def test_all_but_the_last_admin_can_be_removed() -> None:
    accounts = FakeAccounts({name: User(name, Role.ADMIN, "h") for name in ("ann", "bob")})
    remove = RemoveUserHandler(accounts.begin)
    await remove(RemoveUser("ann"))
    for name, code in [("ann", "user.unknown"), ("bob", "user.last_admin")]:
        with pytest.raises(DomainError) as refusal:
            await remove(RemoveUser(name))
        assert refusal.value.code == code
    assert list(accounts.users) == ["bob"]
