from sqlalchemy.ext.asyncio import AsyncEngine
from tests.fakes.keys import PlainTokens
from tests.fakes.system import FrozenClock

from turnout.application.commands.issue_key import IssueKey, IssueKeyHandler
from turnout.domain.governance.access_key import KeySettings
from turnout.domain.shared.ids import KeyId
from turnout.infrastructure.persistence.access_keys import SqlKeyView, SqlKeyWork
from turnout.infrastructure.persistence.key_source import LinkedKeySource
from turnout.infrastructure.persistence.store_link import store_link


async def test_without_sqlalchemy_the_same_keys_are_read(
    engine: AsyncEngine, database_url: str
) -> None:
    clock, settings = FrozenClock(), KeySettings("ci", "tools", metadata={"owner": "ann"})
    issue = IssueKeyHandler(lambda: SqlKeyWork(engine, clock), PlainTokens(), clock)
    await issue(IssueKey(KeyId("key_1"), settings))
    (seen,) = await SqlKeyView(engine).list()
    link = store_link(database_url)
    changes = await LinkedKeySource(link).changes(0)
    await link.close()
    (read,) = changes.keys
    assert (read.id, read.settings, read.token) == (seen.id, seen.settings, seen.token)
    assert changes.version == 1
