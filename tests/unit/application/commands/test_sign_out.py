from tests.fakes.accounts import FakeAccounts

from turnout.application.commands.sign_out import SignOut, SignOutHandler
from turnout.domain.governance.accounts import Session, digest_of


async def test_the_session_is_forgotten_and_once_is_enough() -> None:
    digest = digest_of("secret")
    accounts = FakeAccounts(sessions={digest: Session(digest, "ann", None, 1.0, 1.0)})
    sign_out = SignOutHandler(accounts.begin)
    await sign_out(SignOut("ann", "another"))
    assert accounts.sessions
    for _ in range(2):
        await sign_out(SignOut("ann", "secret"))
        assert accounts.sessions == {}
