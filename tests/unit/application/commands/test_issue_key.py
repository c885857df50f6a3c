import pytest
from tests.fakes.keys import NOW, FakeKeyStore, PlainTokens
from tests.fakes.system import FrozenClock

from turnout.application.commands.issue_key import IssueKey, IssueKeyHandler
from turnout.domain.governance.access_key import KeySettings
from turnout.domain.governance.events import AccessKeyIssued
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import KeyId


async def test_the_token_is_given_once_and_its_mark_kept() -> None:
    store = FakeKeyStore()
    issue = IssueKeyHandler(store.begin, PlainTokens(), FrozenClock())
    minted = await issue(IssueKey(KeyId("key_1"), KeySettings("ci")))
    assert store.keys[KeyId("key_1")].token == minted.mark
    assert store.keys[KeyId("key_1")].issued_at_seconds == NOW
    assert store.events == [AccessKeyIssued(KeyId("key_1"), "ci")]


async def test_nothing_is_stored_of_a_key_that_is_refused() -> None:
    store = FakeKeyStore()
    issue = IssueKeyHandler(store.begin, PlainTokens(), FrozenClock())
    with pytest.raises(DomainError, match="expired already"):
        await issue(IssueKey(KeyId("key_1"), KeySettings("ci", expires_at_seconds=NOW)))
    assert store.keys == {}
