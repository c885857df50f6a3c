import pytest
from tests.fakes.clients import FakeChatClient, FakeEmbeddingClient
from tests.support.gateways import FakeGateway, deployment, provider

from turnout.application.relay.answers import RelayFailed
from turnout.domain.governance.grant import ANONYMOUS
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import EmbeddingReply
from turnout.domain.inference.request import EmbeddingRequest, WireProtocol
from turnout.domain.inference.usage import TokenUsage

REPLY = EmbeddingReply("m", ((1.0, 0.0),), TokenUsage(2))
REQUEST = EmbeddingRequest(
    model="default",
    protocol=WireProtocol.OPENAI_CHAT,
    needs=Requirement(frozenset({Capability.EMBEDDINGS})),
    inputs=("hello",),
    encoding="float",
    dimensions=None,
    leftovers=(),
    body_for=lambda name: b"{}",
)


def gateway(**embeddings: FakeEmbeddingClient) -> FakeGateway:
    providers = [provider(n, deployment(n, "m", Capability.EMBEDDINGS)) for n in ("a", "b")]
    chats = {"a": FakeChatClient(), "b": FakeChatClient()}
    return FakeGateway(chats, embeddings, providers=providers)


async def test_the_next_target_answers_for_one_that_failed() -> None:
    failing = FakeEmbeddingClient(ProviderFailure(FailureKind.OVERLOADED, "busy"))
    both = gateway(a=failing, b=FakeEmbeddingClient(REPLY))
    relayed = await both.embed(REQUEST, ANONYMOUS)
    assert relayed.reply == REPLY
    assert (relayed.taken.provider, relayed.taken.attempts) == ("b", 3)
    assert both.outcomes == [("a/m", "overloaded")] * 2 + [("b/m", "completed")]
    assert both.ledger.records[-1].usage == TokenUsage(2)


async def test_a_provider_without_the_operation_is_passed_over() -> None:
    relayed = await gateway(b=FakeEmbeddingClient(REPLY)).embed(REQUEST, ANONYMOUS)
    assert relayed.taken.provider == "b"


async def test_nobody_left_is_told_with_the_last_failure() -> None:
    with pytest.raises(RelayFailed, match="b has no embeddings"):
        await gateway().embed(REQUEST, ANONYMOUS)
