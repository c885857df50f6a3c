import asyncio
from contextlib import aclosing

import pytest
from tests.fakes.clients import FakeChatClient, FakeEmbeddingClient, Silence
from tests.support.gateways import FakeGateway, chat_request, deployment, provider

from turnout.application.ports.provider_client import Embedded
from turnout.application.relay.answers import RelayFailed
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.governance.grant import Grant
from turnout.domain.health.first_tokens import FEWEST
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.inference.failure import FailureKind, InvalidRequest, ProviderFailure
from turnout.domain.inference.reply import NativeFrame, NativeReply
from turnout.domain.inference.request import EmbeddingRequest, WireProtocol
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.shared.ids import DeploymentId, ProviderId

CALLER = Grant("tests")
WORD = NativeFrame(b"word", commits=True)
ALWAYS = HedgeRules(after_seconds=0.001, most_share=1.0)
BROKEN = ProviderFailure(FailureKind.AUTH, "no")


def gateway(hedge: HedgeRules | None = ALWAYS, **chats: FakeChatClient) -> FakeGateway:
    return FakeGateway(chats, rules={"hedge": hedge})


def silent() -> FakeChatClient:
    return FakeChatClient(Silence(), script=[Silence()])


def quick() -> FakeChatClient:
    return FakeChatClient(script=[WORD])


def idle(world: FakeGateway) -> bool:
    gates = (world.traffic.gate(ProviderId(name)) for name in world.chats)
    loads = (world.loads.of(deployment(name).id) for name in world.chats)
    return all(gate.is_idle for gate in gates) and not any(load.in_flight for load in loads)


async def test_a_second_attempt_answers_for_a_slow_first() -> None:
    world = gateway(a=silent(), b=quick())
    taken = (await world.complete_chat.complete(chat_request(), CALLER)).taken
    assert (taken.provider, taken.attempts, taken.hedged) == ("b", 2, True)
    assert world.outcomes == [("b/m", "completed"), ("a/m", "hedged")]
    assert idle(world)


async def test_a_stream_is_won_by_the_first_that_begins() -> None:
    world = gateway(a=silent(), b=quick())
    relayed = await world.complete_chat.stream(chat_request(stream=True), CALLER)
    assert world.chats["a"].closed == 1
    assert world.outcomes == [("a/m", "hedged")]
    async with aclosing(relayed.events) as events:
        assert [event async for event in events] == [WORD]
    assert (relayed.taken.provider, relayed.taken.attempts, relayed.taken.hedged) == ("b", 2, True)
    assert world.outcomes == [("a/m", "hedged"), ("b/m", "completed")]
    assert world.health.of(DeploymentId("a/m")).window.calls == 0
    assert idle(world)


async def test_the_first_may_still_win() -> None:
    waiting = Silence()
    world = gateway(a=FakeChatClient(script=[waiting, WORD]), b=silent())
    asking = asyncio.create_task(world.complete_chat.stream(chat_request(stream=True), CALLER))
    await world.chats["b"].reached.wait()
    waiting.set()
    relayed = await asking
    async with aclosing(relayed.events) as events:
        assert [event async for event in events] == [WORD]
    assert (relayed.taken.provider, relayed.taken.attempts, relayed.taken.hedged) == ("a", 2, True)
    assert world.outcomes == [("b/m", "hedged"), ("a/m", "completed")]


async def test_who_answers_in_time_is_alone() -> None:
    world = gateway(HedgeRules(after_seconds=60.0), a=quick(), b=quick())
    taken = (await world.complete_chat.complete(chat_request(), CALLER)).taken
    assert (taken.provider, taken.attempts, taken.hedged) == ("a", 1, False)
    assert world.chats["b"].asked == []


async def test_without_a_delay_the_observed_one_is_taken() -> None:
    world = gateway(HedgeRules(most_share=1.0), a=quick(), b=quick())
    for _ in range(FEWEST):
        await world.complete_chat.complete(chat_request(), CALLER)
    world.chats["a"].answer = Silence()
    taken = (await world.complete_chat.complete(chat_request(), CALLER)).taken
    assert (taken.provider, taken.hedged) == ("b", True)


async def test_a_failure_before_the_delay_goes_the_ordinary_way() -> None:
    world = gateway(HedgeRules(after_seconds=60.0), a=FakeChatClient(BROKEN), b=quick())
    taken = (await world.complete_chat.complete(chat_request(), CALLER)).taken
    assert (taken.provider, taken.attempts, taken.hedged) == ("b", 2, False)
    assert world.outcomes == [("a/m", "auth"), ("b/m", "completed")]


async def test_the_failure_of_one_leaves_the_other_to_answer() -> None:
    waiting = Silence()
    world = gateway(a=FakeChatClient(script=[waiting, WORD]), b=FakeChatClient(script=[BROKEN]))
    asking = asyncio.create_task(world.complete_chat.stream(chat_request(stream=True), CALLER))
    await world.ledger.written.wait()
    waiting.set()
    relayed = await asking
    async with aclosing(relayed.events) as events:
        assert [event async for event in events] == [WORD]
    assert (relayed.taken.provider, relayed.taken.attempts) == ("a", 2)
    assert world.outcomes == [("b/m", "auth"), ("a/m", "completed")]


async def test_when_both_fail_the_request_goes_on() -> None:
    waiting = Silence()
    world = gateway(
        a=FakeChatClient(script=[waiting, BROKEN]), b=FakeChatClient(script=[BROKEN]), c=quick()
    )
    asking = asyncio.create_task(world.complete_chat.stream(chat_request(stream=True), CALLER))
    await world.ledger.written.wait()
    waiting.set()
    relayed = await asking
    async with aclosing(relayed.events) as events:
        assert [event async for event in events] == [WORD]
    assert (relayed.taken.provider, relayed.taken.attempts) == ("c", 3)
    assert idle(world)


async def test_what_must_not_move_on_ends_the_request_once_both_have_failed() -> None:
    waiting = Silence()
    wrong = ProviderFailure(FailureKind.BAD_REQUEST, "no")
    world = gateway(
        a=FakeChatClient(script=[waiting, wrong]), b=FakeChatClient(script=[BROKEN]), c=quick()
    )
    asking = asyncio.create_task(world.complete_chat.stream(chat_request(stream=True), CALLER))
    await world.ledger.written.wait()
    waiting.set()
    with pytest.raises(RelayFailed):
        await asking
    assert world.chats["c"].asked == []
    assert idle(world)


async def test_what_no_provider_can_say_ends_both() -> None:
    world = gateway(a=silent(), b=FakeChatClient(answer=InvalidRequest("no")))
    with pytest.raises(InvalidRequest):
        await world.complete_chat.complete(chat_request(), CALLER)
    assert world.outcomes == [("b/m", "abandoned"), ("a/m", "abandoned")]
    assert idle(world)


async def test_the_share_of_hedged_requests_is_bounded() -> None:
    hedge = HedgeRules(after_seconds=0.001, most_share=0.25)
    world = gateway(hedge, a=silent(), b=quick())
    for _ in range(12):
        asking = asyncio.create_task(world.complete_chat.complete(chat_request(), CALLER))
        await asyncio.wait([asking], timeout=0.02)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    assert len(world.chats["a"].asked) == 12
    assert len(world.chats["b"].asked) == 4


async def test_a_hang_up_ends_both() -> None:
    world = gateway(a=silent(), b=silent())
    asking = asyncio.create_task(world.complete_chat.complete(chat_request(), CALLER))
    await world.chats["b"].reached.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert sorted(world.outcomes) == [("a/m", "abandoned"), ("b/m", "abandoned")]
    assert idle(world)


async def test_attempts_are_not_more_than_allowed() -> None:
    world = FakeGateway(
        {"a": FakeChatClient(Silence()), "b": quick()}, rules={"hedge": ALWAYS, "max_attempts": 1}
    )
    asking = asyncio.create_task(world.complete_chat.complete(chat_request(), CALLER))
    await asyncio.wait([asking], timeout=0.02)
    assert world.chats["b"].asked == []
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


class SlowEmbeddings(FakeEmbeddingClient):
    """Never answers."""

    async def embed(self, request: EmbeddingRequest, deployment: Deployment) -> Embedded:
        await Silence().wait()
        return await super().embed(request, deployment)


async def test_embeddings_are_hedged_too() -> None:
    vectors = NativeReply(b"{}", None, None)
    embeddings = {"a": SlowEmbeddings(vectors), "b": FakeEmbeddingClient(vectors)}
    providers = [provider(n, deployment(n, "m", Capability.EMBEDDINGS)) for n in embeddings]
    world = FakeGateway(embeddings=embeddings, providers=providers, rules={"hedge": ALWAYS})
    request = EmbeddingRequest(
        "default",
        WireProtocol.OPENAI_CHAT,
        Requirement(frozenset({Capability.EMBEDDINGS})),
        ("hi",),
        "float",
        None,
        (),
        lambda _: b"{}",
    )
    taken = (await world.embed(request, CALLER)).taken
    assert (taken.provider, taken.attempts, taken.hedged) == ("b", 2, True)


async def test_one_alone_is_not_hedged() -> None:
    world = gateway(a=quick())
    assert not (await world.complete_chat.complete(chat_request(), CALLER)).taken.hedged


async def test_of_two_that_answer_in_the_same_moment_one_wins() -> None:
    both = Silence()
    world = gateway(a=FakeChatClient(script=[both, WORD]), b=FakeChatClient(script=[both, WORD]))
    asking = asyncio.create_task(world.complete_chat.stream(chat_request(stream=True), CALLER))
    await world.chats["b"].reached.wait()
    await asyncio.sleep(0)
    both.set()
    relayed = await asking
    async with aclosing(relayed.events) as events:
        assert [event async for event in events] == [WORD]
    assert sorted(outcome for _, outcome in world.outcomes) == ["completed", "hedged"]
    assert idle(world)
