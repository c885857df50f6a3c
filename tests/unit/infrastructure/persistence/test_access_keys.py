"""What goes along with a change of an access key; see tests/contract/store for the rest."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.fakes.keys import PlainTokens
from tests.fakes.system import FrozenClock
from tests.support.databases import postgres_copy

from turnout.application.commands.issue_key import IssueKey, IssueKeyHandler
from turnout.application.commands.revoke_key import RevokeKey, RevokeKeyHandler
from turnout.application.ports.audit import Deed
from turnout.domain.governance.access_key import KeySettings
from turnout.domain.governance.actor import Actor, ActorKind
from turnout.domain.governance.roles import Role
from turnout.domain.governance.scope import Scope
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import KeyId
from turnout.infrastructure.persistence.access_keys import SqlKeyWork
from turnout.infrastructure.persistence.audit_log import SqlAuditLog
from turnout.infrastructure.persistence.catalog_source import SqlCatalogSource
from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.sql_work import Noting
from turnout.infrastructure.persistence.tables import StoredEvent

CLOCK, TOKENS, KEY = FrozenClock(), PlainTokens(), KeyId("key_1")
ISSUE = IssueKey(KEY, KeySettings("ci", scope=Scope(providers=frozenset({"openai", "azure"}))))


async def test_events_are_stored_and_no_worker_compiles_its_routes_anew(
    engine: AsyncEngine,
) -> None:
    await IssueKeyHandler(lambda: SqlKeyWork(engine, CLOCK), TOKENS, CLOCK)(ISSUE)
    await RevokeKeyHandler(lambda: SqlKeyWork(engine, CLOCK), CLOCK)(RevokeKey(KEY))
    async with engine.connect() as connection:
        rows = await connection.execute(
            select(StoredEvent.aggregate, StoredEvent.name).order_by(StoredEvent.id)
        )
        assert [tuple(row) for row in rows] == [
            ("key:key_1", "AccessKeyIssued"),
            ("key:key_1", "AccessKeyRevoked"),
        ]
    assert await SqlCatalogSource(engine).revision() == 0


async def test_the_audit_log_tells_of_keys_and_of_no_digest(engine: AsyncEngine) -> None:
    deed = Deed(Actor(ActorKind.LOCAL, "ann", Role.ADMIN, "127.0.0.1"), "issue_key", "key:key_1")

    def begin() -> SqlKeyWork:
        return SqlKeyWork(engine, CLOCK, Noting(deed, lambda: None))

    minted = await IssueKeyHandler(begin, TOKENS, CLOCK)(ISSUE)
    (line,) = await SqlAuditLog(engine, CLOCK).page(None, 10)
    (change,) = line.changes
    assert change.before is None
    assert change.after is not None
    assert change.after["settings.scope.providers"] == "azure, openai"
    assert change.after["prefix"] == minted.mark.prefix
    assert minted.mark.digest not in repr(line)
    assert minted.text not in repr(line)


@pytest.fixture
def shared_url(postgres_url: str, postgres_template: str) -> Iterator[str]:
    """A store that lets two begin; SQLite does not."""
    with postgres_copy(postgres_url, postgres_template) as url:
        yield url


async def test_two_who_change_a_key_at_once_do_not_undo_each_other(shared_url: str) -> None:
    engine = make_engine(shared_url)
    try:
        await IssueKeyHandler(lambda: SqlKeyWork(engine, CLOCK), TOKENS, CLOCK)(ISSUE)
        async with SqlKeyWork(engine, CLOCK) as mine, SqlKeyWork(engine, CLOCK) as yours:
            key, other = await mine.keys.get(KEY), await yours.keys.get(KEY)
            assert key is not None
            assert other is not None
            other.revoke(1.0)
            await yours.keys.save(other)
            await yours.commit()
            key.rotate(TOKENS.mint().mark, 1.0, 0.0)
            with pytest.raises(DomainError, match="changed by somebody else"):
                await mine.keys.save(key)
    finally:
        await engine.dispose()
