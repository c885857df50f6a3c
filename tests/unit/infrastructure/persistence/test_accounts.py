"""What tests/contract/store/test_accounts.py does not say: looking keeps nobody from writing."""

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.fakes.system import FrozenClock

from turnout.application.ports.audit import Deed
from turnout.domain.governance.accounts import User
from turnout.domain.governance.actor import THE_COMMAND_LINE
from turnout.domain.governance.roles import Role
from turnout.infrastructure.persistence.accounts import SqlAccountWork, looking_at_accounts
from turnout.infrastructure.persistence.audit_log import SqlAuditLog
from turnout.infrastructure.persistence.sql_work import Noting

ANN = User("ann", Role.ADMIN, "hash")


async def test_somebody_writes_while_others_look(engine: AsyncEngine) -> None:
    noting = Noting(Deed(THE_COMMAND_LINE, "add_user", "user:ann"), lambda: None)
    async with looking_at_accounts(engine, FrozenClock()) as looking:
        assert await looking.users.list() == []
        async with SqlAccountWork(engine, FrozenClock(), noting) as work:
            await work.users.save(ANN)
            await work.commit()
        assert await looking.users.list() == []
    async with looking_at_accounts(engine, FrozenClock()) as looking:
        assert await looking.users.list() == [ANN]


async def test_a_line_that_cannot_be_written_undoes_the_change(engine: AsyncEngine) -> None:
    class Broken(FrozenClock):
        def epoch_seconds(self) -> float:
            raise OSError("no time")

    noting = Noting(Deed(THE_COMMAND_LINE, "add_user", "user:ann"), lambda: None)
    async with SqlAccountWork(engine, Broken(), noting) as work:
        await work.users.save(ANN)
        with pytest.raises(OSError, match="no time"):
            await work.commit()
    async with looking_at_accounts(engine, FrozenClock()) as looking:
        assert await looking.users.list() == []
    assert (await SqlAuditLog(engine, FrozenClock()).verify()).number == 0


async def test_the_database_knows_no_other_roles(engine: AsyncEngine) -> None:
    async with SqlAccountWork(engine, FrozenClock()) as work:
        bad = User("ann", Role.ADMIN, "h")
        object.__setattr__(bad, "role", type("King", (), {"value": "king"}))
        with pytest.raises(DBAPIError):
            await work.users.save(bad)
