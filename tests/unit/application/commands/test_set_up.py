import pytest
from tests.fakes.accounts import FakeAccounts, PlainPasswords

from turnout.application.commands.set_up import SetUp, SetUpHandler
from turnout.domain.governance.accounts import digest_of
from turnout.domain.governance.roles import Role
from turnout.domain.shared.errors import DomainError

GOOD = SetUp("ann", "token", "correct horse battery")


async def test_the_first_user_is_an_admin_with_a_hashed_password() -> None:
    accounts = FakeAccounts()
    await SetUpHandler(accounts.begin, PlainPasswords(), digest_of("token"))(GOOD)
    (user,) = accounts.users.values()
    assert (user.name, user.role) == ("ann", Role.ADMIN)
    assert user.password_hash == "hash of correct horse battery"


@pytest.mark.parametrize(
    "digest, command, code",
    [
        (None, GOOD, "setup.exists"),
        (digest_of("another"), GOOD, "setup.refused"),
        (digest_of("token"), SetUp("ann", "token", "short"), "user.password"),
        (digest_of("token"), SetUp("a b", "token", "correct horse battery"), "user.name"),
    ],
)
async def test_it_is_refused(digest: str | None, command: SetUp, code: str) -> None:
    accounts = FakeAccounts()
    with pytest.raises(DomainError) as refusal:
        await SetUpHandler(accounts.begin, PlainPasswords(), digest)(command)
    assert (refusal.value.code, accounts.users) == (code, {})


def test_secrets_are_not_in_its_repr() -> None:
    assert "token" not in repr(GOOD).replace("token=", "")
    assert "horse" not in repr(GOOD)
