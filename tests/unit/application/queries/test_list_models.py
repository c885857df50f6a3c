from tests.fakes.clients import FakeChatClient
from tests.support.gateways import FakeGateway, deployment, provider

from turnout.application.queries.list_models import ListModels, ModelRow
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
