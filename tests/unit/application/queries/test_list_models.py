from tests.fakes.clients import FakeChatClient
from tests.support.gateways import FakeGateway, deployment, provider

from turnout.application.queries.list_models import ListModels, ModelRow
from turnout.domain.governance.scope import Scope
from turnout.domain.inference.capability import Capability


def test_chains_come_first_and_models_say_what_they_offer() -> None:
    providers = [
        provider("a", deployment("a", "m", window=100)),
        provider("b", deployment("b", "m", Capability.VISION, window=200)),
        provider("off", deployment("off", "hidden"), enabled=False),
    ]
    chats = {name: FakeChatClient() for name in ("a", "b", "off")}
    rows = ListModels(FakeGateway(chats, providers=providers).holder)()
    offered = ("chat", "streaming", "tools", "vision")
    assert rows == (
        ModelRow("default", "chain", "a", offered, 200, None),
        ModelRow("m", "model", "a", offered, 200, None),
    )


def test_only_what_a_scope_allows_is_listed() -> None:
    providers = [
        provider("a", deployment("a", "m"), deployment("a", "other")),
        provider("b", deployment("b", "m")),
    ]
    chats = {name: FakeChatClient() for name in ("a", "b")}
    listed = ListModels(FakeGateway(chats, providers=providers).holder)

    def names(scope: Scope) -> list[str]:
        return [row.id for row in listed(scope)]

    assert names(Scope()) == ["default", "m", "other"]
    assert names(Scope(routes=frozenset({"m", "a/m"}))) == ["m"]
    assert names(Scope(models=frozenset({"other"}))) == ["default", "other"]
    (row,) = listed(Scope(routes=frozenset({"m"}), providers=frozenset({"b"})))
    assert (row.id, row.owned_by) == ("m", "b")
