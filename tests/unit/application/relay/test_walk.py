import asyncio

import pytest
from tests.fakes.clients import FakeChatClient, Silence
from tests.support.gateways import FakeGateway, chat_request, deployment

from turnout.application.relay.answers import RelayFailed
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeFrame
from turnout.domain.routing.fallback_chain import Target
from turnout.domain.routing.headroom import Bucket, Headroom
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.routing.stickiness import Stickiness, StickyBy

CALLER = Grant("tests")
WORD = NativeFrame(b"word", commits=True)
BUSY = ProviderFailure(FailureKind.OVERLOADED, "busy")
CUT = ProviderFailure(FailureKind.STREAM_BROKEN, "cut")


def gateway(strategy: Strategy, **chats: FakeChatClient) -> FakeGateway:
    """All of them in one tier."""
    tier = tuple(Target.parse(name) for name in chats)
    sticky = Stickiness(StickyBy.KEY) if strategy is Strategy.STICKY else None
    return FakeGateway(chats, rules={"tiers": (tier,), "strategy": strategy, "sticky": sticky})


def in_flight(world: FakeGateway) -> list[int]:
    return [world.loads.of(deployment(name).id).in_flight for name in world.chats]


async def test_loads_are_balanced_when_all_fail() -> None:
    world = gateway(Strategy.LEAST_IN_FLIGHT, a=FakeChatClient(BUSY), b=FakeChatClient(BUSY))
    with pytest.raises(RelayFailed):
        await world.complete_chat.complete(chat_request(), CALLER)
    assert len(world.outcomes) == 6
    assert in_flight(world) == [0, 0]


async def test_loads_are_balanced_when_a_caller_hangs_up() -> None:
    world = gateway(Strategy.LEAST_IN_FLIGHT, a=FakeChatClient(Silence()), b=FakeChatClient())
    call = asyncio.create_task(world.complete_chat.complete(chat_request(), CALLER))
    await asyncio.sleep(0)
    assert in_flight(world) == [1, 0]
    taken = (await world.complete_chat.complete(chat_request(), CALLER)).taken
    assert taken.provider == "b"
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    assert in_flight(world) == [0, 0]


@pytest.mark.parametrize("read", [0, 1])
async def test_loads_are_balanced_when_a_stream_is_left(read: int) -> None:
    world = gateway(Strategy.FASTEST, a=FakeChatClient(script=[WORD, Silence()]))
    relayed = await world.complete_chat.stream(chat_request(stream=True), CALLER)
    assert in_flight(world) == [1]
    for _ in range(read):
        await anext(relayed.events)
    await relayed.events.aclose()
    assert in_flight(world) == [0]


async def test_loads_are_balanced_when_a_stream_is_cut() -> None:
    world = gateway(Strategy.FASTEST, a=FakeChatClient(script=[WORD, CUT]))
    relayed = await world.complete_chat.stream(chat_request(stream=True), CALLER)
    with pytest.raises(ProviderFailure, match="cut"):
        assert [event async for event in relayed.events] == [WORD]
    assert in_flight(world) == [0]


async def test_what_health_does_not_admit_takes_no_turn() -> None:
    world = gateway(Strategy.WEIGHTED, a=FakeChatClient(), b=FakeChatClient(), c=FakeChatClient())
    limited = ProviderFailure(FailureKind.RATE_LIMITED, "", retry_after_seconds=60.0)
    world.health.of(deployment("b").id).failed(limited, world.clock.monotonic, 0.1)
    for _ in range(6):
        await world.complete_chat.complete(chat_request(), CALLER)
    assert [name for name, _ in world.outcomes] == ["a/m", "c/m"] * 3


async def test_what_is_left_of_a_limit_steers_the_next() -> None:
    near, far = (Headroom(requests=Bucket(100, left, 3600)) for left in (10, 90))
    world = gateway(
        Strategy.HEADROOM,
        a=FakeChatClient(headroom=lambda _: near),
        b=FakeChatClient(headroom=lambda _: far),
    )
    for _ in range(4):
        await world.complete_chat.complete(chat_request(), CALLER)
    assert [name for name, _ in world.outcomes] == ["a/m", "b/m", "b/m", "b/m"]


async def test_callers_with_a_key_stick_to_a_target() -> None:
    world = gateway(Strategy.STICKY, a=FakeChatClient(), b=FakeChatClient(), c=FakeChatClient())
    for number in range(12):
        for _ in range(3):
            await world.complete_chat.complete(chat_request(), Grant("tests", f"key-{number}"))
    answered = [name for name, _ in world.outcomes]
    assert all(len(set(answered[place : place + 3])) == 1 for place in range(0, 36, 3))
    assert set(answered) == {"a/m", "b/m", "c/m"}
