from tests.fakes.keys import NOW, FakeKeyStore, PlainTokens
from tests.fakes.system import FrozenClock

from turnout.application.commands.issue_key import IssueKey, IssueKeyHandler
from turnout.application.commands.revoke_key import RevokeKey, RevokeKeyHandler
from turnout.domain.governance.access_key import KeySettings
from turnout.domain.shared.ids import KeyId

ID = KeyId("key_1")


async def test_a_key_is_revoked_and_stays_in_the_store() -> None:
    store, clock = FakeKeyStore(), FrozenClock()
    await IssueKeyHandler(store.begin, PlainTokens(), clock)(IssueKey(ID, KeySettings("ci")))
    await RevokeKeyHandler(store.begin, clock)(RevokeKey(ID))
    assert store.keys[ID].revoked_at_seconds == NOW
