from tests.fakes.keys import NOW, FakeKeyStore, PlainTokens
from tests.fakes.system import FrozenClock

from turnout.application.commands.issue_key import IssueKey, IssueKeyHandler
from turnout.application.commands.rotate_key import RotateKey, RotateKeyHandler
from turnout.domain.governance.access_key import KeySettings
from turnout.domain.shared.ids import KeyId

ID = KeyId("key_1")


async def test_the_new_token_is_given_and_the_former_one_has_its_time() -> None:
    store, tokens = FakeKeyStore(), PlainTokens()
    old = await IssueKeyHandler(store.begin, tokens, FrozenClock())(IssueKey(ID, KeySettings("ci")))
    new = await RotateKeyHandler(store.begin, tokens, FrozenClock())(RotateKey(ID, 60.0))
    key = store.keys[ID]
    assert (key.token, key.former, key.former_until_seconds) == (new.mark, old.mark, NOW + 60.0)
