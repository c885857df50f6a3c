"""What every store of accounts promises, the one in memory too."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.fakes.accounts import FakeAccounts
from tests.fakes.system import FrozenClock
from turnout.application.commands.set_up import SetUp, SetUpHandler
from turnout.application.ports.accounts import AccountWork
from turnout.application.ports.audit import Deed
from turnout.domain.governance.accounts import AdminToken, Session, User, digest_of
from turnout.domain.governance.actor import THE_COMMAND_LINE
from turnout.domain.governance.roles import Role
from turnout.domain.shared.errors import DomainError
from turnout.infrastructure.persistence.accounts import SqlAccountWork
from turnout.infrastructure.persistence.audit_log import SqlAuditLog
from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.sql_work import Noting

Begin = Callable[[], AccountWork]
ANN = User("ann", Role.ADMIN, "hash-a")
BOB = User("bob", Role.VIEWER, "hash-b")
CI = AdminToken("ci", Role.OPERATOR, digest_of("secret"), 1_700_000_000.25)
DEED = Deed(THE_COMMAND_LINE, "test", "user:ann")


@pytest.fixture
async def begin(store_url: str | None) -> AsyncIterator[Begin]:
    if store_url is None:
        yield FakeAccounts().begin
        return
    engine = make_engine(store_url)
    yield lambda: SqlAccountWork(engine, FrozenClock(), Noting(DEED, lambda: None))
    await engine.dispose()


async def test_what_is_committed_is_found_again(begin: Begin) -> None:
    async with begin() as work:
        await work.users.save(BOB)
        await work.users.save(ANN)
        await work.tokens.add(CI)
        await work.commit()
    async with begin() as work:
        assert await work.users.list() == [ANN, BOB]
        assert await work.users.get("ann") == ANN
        assert await work.users.get("eve") is None
        assert await work.tokens.list() == [CI]
        assert await work.tokens.find(CI.digest) == CI
        assert await work.tokens.find("0" * 64) is None


async def test_what_is_not_committed_is_gone(begin: Begin) -> None:
    async with begin() as work:
        await work.users.save(ANN)
    async with begin() as work:
        assert await work.users.list() == []


async def test_users_and_tokens_are_removed(begin: Begin) -> None:
    async with begin() as work:
        await work.users.save(ANN)
        await work.tokens.add(CI)
        await work.sessions.put(Session("d", "ann", None, 5.0, 5.0))
        await work.commit()
    async with begin() as work:
        await work.users.remove(ANN)
        await work.tokens.remove(CI)
        await work.commit()
    async with begin() as work:
        assert (await work.users.list(), await work.tokens.list()) == ([], [])
        assert await work.sessions.find("d") is None


async def test_sessions_are_seen_again_but_do_not_come_back(begin: Begin) -> None:
    session = Session("d", "ann", None, 5.0, 5.0)
    async with begin() as work:
        await work.sessions.put(session)
        await work.sessions.put(session.seen(9.0))
        await work.commit()
    async with begin() as work:
        assert await work.sessions.find("d") == session.seen(9.0)
        await work.sessions.remove("d")
        await work.sessions.put(session.seen(10.0))
        assert await work.sessions.find("d") is None


async def test_old_sessions_are_forgotten_when_a_new_one_is_opened(begin: Begin) -> None:
    async with begin() as work:
        await work.sessions.put(Session("old", "ann", Role.VIEWER, 5.0, 5.0))
        await work.sessions.put(Session("new", "ann", Role.VIEWER, 50_000.0, 50_000.0))
        await work.commit()
    async with begin() as work:
        assert await work.sessions.find("old") is None
        assert await work.sessions.find("new") is not None


async def test_ending_a_local_users_sessions_leaves_those_of_a_namesake(begin: Begin) -> None:
    async with begin() as work:
        await work.sessions.put(Session("local", "ann", None, 5.0, 5.0))
        await work.sessions.put(Session("vouched", "ann", Role.ADMIN, 5.0, 5.0))
        await work.sessions.remove_of("ann")
        await work.commit()
    async with begin() as work:
        assert await work.sessions.find("local") is None
        assert await work.sessions.find("vouched") is not None


async def test_of_many_first_admins_at_once_there_is_one(begin: Begin) -> None:
    class Ready:
        async def hash(self, password: str) -> str:
            return password

        async def verify(self, password_hash: str | None, password: str) -> bool:
            return password_hash == password

    set_up = SetUpHandler(begin, Ready(), digest_of("token"))
    tries = [set_up(SetUp(f"user{number}", "token", "p" * 12)) for number in range(5)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    refused = [each.code for each in outcomes if isinstance(each, DomainError)]
    assert refused == ["setup.exists"] * 4
    async with begin() as work:
        assert len(await work.users.list()) == 1


async def test_a_commit_writes_what_it_changed_into_the_log(store_url: str | None) -> None:
    if store_url is None:
        return
    engine = make_engine(store_url)
    noted: list[bool] = []
    noting = Noting(DEED, lambda: noted.append(True))
    async with SqlAccountWork(engine, FrozenClock(), noting) as work:
        await work.users.save(ANN)
        await work.commit()
    async with SqlAccountWork(engine, FrozenClock(), noting) as work:
        await work.users.save(User("ann", Role.ADMIN, "another hash"))
        await work.commit()
    (second, first) = await SqlAuditLog(engine, FrozenClock()).page(None, 10)
    await engine.dispose()
    assert noted == [True, True]
    (made,), (revised,) = first.changes, second.changes
    assert (made.before, revised.before) == (None, {"password_hash": "***"})
    assert made.after == {"name": "ann", "role": "admin", "password_hash": "***"}
    assert revised.after == {"password_hash": "***"}
