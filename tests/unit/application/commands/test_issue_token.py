import pytest
from tests.fakes.accounts import CountedSecrets, FakeAccounts
from tests.fakes.system import FrozenClock

from turnout.application.commands.issue_token import IssueToken, IssueTokenHandler
from turnout.domain.governance.accounts import AdminToken, digest_of
from turnout.domain.governance.roles import Role
from turnout.domain.shared.errors import DomainError


async def test_the_digest_alone_is_kept() -> None:
    accounts, clock = FakeAccounts(), FrozenClock()
    issue = IssueTokenHandler(accounts.begin, CountedSecrets(), clock)
    secret = await issue(IssueToken("ci", Role.OPERATOR, lasts_seconds=60.0))
    await issue(IssueToken("for-ever", Role.VIEWER))
    assert secret == "turnout_admin_secret-1"
    assert accounts.tokens["ci"] == AdminToken(
        "ci", Role.OPERATOR, digest_of(secret), clock.epoch + 60.0
    )
    assert accounts.tokens["for-ever"].expires_at is None
    with pytest.raises(DomainError, match="already"):
        await issue(IssueToken("ci", Role.VIEWER))
