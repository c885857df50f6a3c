import pytest
from tests.fakes.accounts import FakeAccounts

from turnout.application.commands.revoke_token import RevokeToken, RevokeTokenHandler
from turnout.domain.governance.accounts import AdminToken
from turnout.domain.governance.roles import Role
from turnout.domain.shared.errors import DomainError


async def test_a_token_is_gone_for_good() -> None:
    accounts = FakeAccounts(tokens={"ci": AdminToken("ci", Role.ADMIN, "d")})
    revoke = RevokeTokenHandler(accounts.begin)
    await revoke(RevokeToken("ci"))
    assert accounts.tokens == {}
    with pytest.raises(DomainError, match="no token 'ci'"):
        await revoke(RevokeToken("ci"))
