from tests.fakes.keys import FakeKeyStore, PlainTokens
from tests.fakes.system import FrozenClock

from turnout.application.commands.issue_key import IssueKey, IssueKeyHandler
from turnout.application.commands.revise_key import ReviseKey, ReviseKeyHandler
from turnout.domain.governance.access_key import KeySettings
from turnout.domain.governance.scope import Scope
from turnout.domain.shared.ids import KeyId

ID = KeyId("key_1")


async def test_what_is_not_given_stays() -> None:
    store = FakeKeyStore()
    settings = KeySettings("ci", "tools", scope=Scope(models=frozenset({"m"})))
    await IssueKeyHandler(store.begin, PlainTokens(), FrozenClock())(IssueKey(ID, settings))
    revise = ReviseKeyHandler(store.begin)
    routes = frozenset({"default"})
    assert await revise(ReviseKey(ID, {"name": "cd"}, {"routes": routes})) == ("name", "scope")
    scope = Scope(models=frozenset({"m"}), routes=routes)
    assert store.keys[ID].settings == KeySettings("cd", "tools", scope=scope)
    assert await revise(ReviseKey(ID, {"name": "cd"})) == ()
