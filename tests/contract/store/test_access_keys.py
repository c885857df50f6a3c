"""Access keys on each implementation of the store, and what is heard of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

import pytest

from tests.fakes.keys import FakeKeyStore, PlainTokens
from tests.fakes.system import FrozenClock
from turnout.application.commands.issue_key import IssueKey, IssueKeyHandler
from turnout.application.commands.revise_key import ReviseKey, ReviseKeyHandler
from turnout.application.commands.revoke_key import RevokeKey, RevokeKeyHandler
from turnout.application.commands.rotate_key import RotateKey, RotateKeyHandler
from turnout.application.ports.access_keys import KeySource, KeyView, KeyWork
from turnout.domain.governance.access_key import KeySettings
from turnout.domain.governance.scope import Scope
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import KeyId
from turnout.infrastructure.persistence.access_keys import SqlKeyView, SqlKeyWork
from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.key_source import LinkedKeySource
from turnout.infrastructure.persistence.store_link import store_link

CLOCK = FrozenClock()
NOW = CLOCK.epoch_seconds()
SCOPE = Scope(
    routes=frozenset({"default", "a/m"}),
    models=frozenset({"gpt-4"}),
    providers=frozenset({"openai", "azure"}),
    networks=frozenset({"10.0.0.0/8", "2001:db8::/32"}),
)
SETTINGS = KeySettings(
    "ci", "tools", "bots", SCOPE, {"owner": "ann", "cost-centre": "7"}, NOW + 9.5
)


@dataclass(frozen=True, slots=True)
class Keys:
    begin: Callable[[], KeyWork]
    view: KeyView
    source: KeySource
    tokens: PlainTokens

    async def issue(self, id: str, settings: KeySettings = SETTINGS) -> str:
        issue = IssueKeyHandler(self.begin, self.tokens, CLOCK)
        return (await issue(IssueKey(KeyId(id), settings))).text


@pytest.fixture
async def keys(store_url: str | None) -> AsyncIterator[Keys]:
    if store_url is None:
        fake = FakeKeyStore()
        yield Keys(fake.begin, fake, fake, PlainTokens())
        return
    engine, link = make_engine(store_url), store_link(store_url)
    view, source = SqlKeyView(engine), LinkedKeySource(link)
    yield Keys(lambda: SqlKeyWork(engine, CLOCK), view, source, PlainTokens())
    await link.close()
    await engine.dispose()


async def test_a_key_is_kept_as_it_was_issued(keys: Keys) -> None:
    text = await keys.issue("key_1")
    key = await keys.view.get(KeyId("key_1"))
    assert key is not None
    assert (key.settings, key.issued_at_seconds, key.revoked_at_seconds) == (SETTINGS, NOW, None)
    assert keys.tokens.is_marked(text, key.token)
    assert [each.id for each in await keys.view.list()] == ["key_1"]
    assert await keys.view.get(KeyId("key_2")) is None


async def test_those_who_check_callers_hear_of_what_is_new_alone(keys: Keys) -> None:
    assert (await keys.source.changes(0)).keys == ()
    await keys.issue("key_1")
    await keys.issue("key_2", KeySettings("bare"))
    first = await keys.source.changes(0)
    assert [(key.id, key.settings) for key in first.keys] == [
        ("key_1", SETTINGS),
        ("key_2", KeySettings("bare")),
    ]
    assert await keys.source.changes(first.version) == type(first)(first.version, ())
    await RotateKeyHandler(keys.begin, keys.tokens, CLOCK)(RotateKey(KeyId("key_1"), 60.0))
    (rotated,) = (await keys.source.changes(first.version)).keys
    assert rotated.former == first.keys[0].token
    assert (rotated.token.prefix, rotated.former_until_seconds) == ("p3", NOW + 60.0)
    seen = (await keys.source.changes(first.version)).version
    await RevokeKeyHandler(keys.begin, CLOCK)(RevokeKey(KeyId("key_2")))
    (revoked,) = (await keys.source.changes(seen)).keys
    assert (revoked.id, revoked.revoked_at_seconds) == ("key_2", NOW)


async def test_a_revision_changes_only_what_it_gives(keys: Keys) -> None:
    await keys.issue("key_1")
    revise = ReviseKeyHandler(keys.begin)
    command = ReviseKey(KeyId("key_1"), {"team": None}, {"routes": frozenset({"default"})})
    assert await revise(command) == ("team", "scope")
    assert await revise(command) == ()
    key = await keys.view.get(KeyId("key_1"))
    assert key is not None
    scope = replace(SCOPE, routes=frozenset({"default"}))
    assert key.settings == replace(SETTINGS, team=None, scope=scope)


async def test_commands_on_what_is_not_there_or_revoked_are_refused(keys: Keys) -> None:
    await keys.issue("key_1")
    revoke = RevokeKeyHandler(keys.begin, CLOCK)
    await revoke(RevokeKey(KeyId("key_1")))
    for id, code in [("key_1", "key.revoked"), ("key_9", "key.unknown")]:
        with pytest.raises(DomainError) as refused:
            await revoke(RevokeKey(KeyId(id)))
        assert refused.value.code == code


async def test_many_keys_at_once_have_versions_of_their_own(keys: Keys) -> None:
    await asyncio.gather(*(keys.issue(f"key_{number}") for number in range(20)))
    changes = await keys.source.changes(0)
    assert len(changes.keys) == 20
    assert changes.version == 20
