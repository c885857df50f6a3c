import pytest
from tests.fakes.accounts import CountedSecrets, FakeAccounts, PlainPasswords
from tests.fakes.system import FrozenClock

from turnout.application.commands.sign_in import (
    LimitedSignIn,
    OpenedSession,
    SignIn,
    SignInHandler,
    TooManyTries,
)
from turnout.domain.governance.accounts import User, digest_of
from turnout.domain.governance.actor import Actor, ActorKind
from turnout.domain.governance.roles import Role
from turnout.domain.governance.sign_in_limit import Allowance, SignInLimit
from turnout.domain.shared.errors import DomainError

NOBODY = Actor(ActorKind.NOBODY, "ann", None, "192.0.2.1")


def _handler(accounts: FakeAccounts, passwords: PlainPasswords) -> SignInHandler:
    return SignInHandler(accounts.begin, accounts.begin, passwords, CountedSecrets(), FrozenClock())


async def test_the_right_password_opens_a_session_of_the_user() -> None:
    accounts = FakeAccounts({"ann": User("ann", Role.OPERATOR, "hash of right")})
    opened = await _handler(accounts, PlainPasswords())(SignIn("ann", "right"))
    assert opened == OpenedSession("secret-1", "ann", Role.OPERATOR)
    (session,) = accounts.sessions.values()
    assert (session.digest, session.user, session.role) == (digest_of("secret-1"), "ann", None)


@pytest.mark.parametrize("name, password", [("ann", "wrong"), ("eve", "right"), ("ann", None)])
async def test_a_wrong_name_costs_as_much_as_a_wrong_password(
    name: str, password: str | None
) -> None:
    accounts = FakeAccounts({"ann": User("ann", Role.ADMIN, "hash of right")})
    passwords = PlainPasswords()
    with pytest.raises(DomainError, match="the name or the password is wrong"):
        await _handler(accounts, passwords)(SignIn(name, password))
    assert len(passwords.verified) == 1
    assert accounts.sessions == {}


async def test_whom_a_provider_vouches_for_has_a_role_of_their_own() -> None:
    accounts, passwords = FakeAccounts(), PlainPasswords()
    await _handler(accounts, passwords)(SignIn("ann", role=Role.AUDITOR))
    (session,) = accounts.sessions.values()
    assert session.role is Role.AUDITOR
    assert passwords.verified == []


async def test_a_try_that_comes_too_early_is_not_made() -> None:
    accounts = FakeAccounts({"ann": User("ann", Role.ADMIN, "hash of right")})
    passwords = PlainPasswords()
    handle = _handler(accounts, passwords)

    async def sign_in(_: Actor, command: SignIn) -> OpenedSession:
        return await handle(command)

    limit = SignInLimit(Allowance(1, 10.0), Allowance(9, 1.0))
    limited = LimitedSignIn(sign_in, limit, FrozenClock())
    for _ in range(2):
        await limited(NOBODY, SignIn("ann", "right"))
    with pytest.raises(DomainError):
        await limited(NOBODY, SignIn("ann", "wrong"))
    with pytest.raises(TooManyTries) as early:
        await limited(NOBODY, SignIn("ann", "right"))
    assert early.value.wait_seconds == 10.0
    assert len(passwords.verified) == 3
