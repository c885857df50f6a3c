from tests.fakes.accounts import FakeAccounts

from turnout.application.queries.list_accounts import ListTokens, ListUsers
from turnout.domain.governance.accounts import AdminToken, User
from turnout.domain.governance.roles import Role


async def test_both_are_listed_by_name() -> None:
    users = [User(name, Role.VIEWER, "h") for name in ("ann", "bob")]
    tokens = [AdminToken(name, Role.VIEWER, name) for name in ("cd", "ci")]
    accounts = FakeAccounts(
        {user.name: user for user in reversed(users)},
        {token.name: token for token in reversed(tokens)},
    )
    assert await ListUsers(accounts.begin)() == users
    assert await ListTokens(accounts.begin)() == tokens
