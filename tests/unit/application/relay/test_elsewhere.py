import asyncio
from dataclasses import dataclass

import pytest
from tests.fakes.cache import FakeCache
from tests.fakes.clients import FakeChatClient
from tests.fakes.flights import FakeFlights
from tests.support.sharing import KEEPING, GatedChatClient, SharedWorld, shared_request

from turnout.application.ports.response_cache import CacheKey
from turnout.application.relay.answers import RelayedReply, RelayFailed
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeReply

CALLER = Grant("tests")
FIRST, SECOND = NativeReply(b"first", "m", None), NativeReply(b"second", "m", None)
REFUSED = ProviderFailure(FailureKind.BAD_REQUEST, "no")


@dataclass
class Pair:
    """Two replicas; the first one's provider answers when its gate is open."""

    first: SharedWorld
    second: SharedWorld
    gate: GatedChatClient
    flights: FakeFlights


def pair(answer: NativeReply | ProviderFailure) -> Pair:
    cache, claims = FakeCache(), dict[CacheKey, str]()
    gate, other = GatedChatClient(answer), FakeChatClient(SECOND)
    flights = FakeFlights("second", claims)
    return Pair(
        SharedWorld(gate, KEEPING, cache=cache, flights=FakeFlights("first", claims)),
        SharedWorld(other, KEEPING, cache=cache, flights=flights),
        gate,
        flights,
    )


async def ask(world: SharedWorld) -> RelayedReply:
    return await world.shared.complete(shared_request(), CALLER)


async def both(replicas: Pair) -> tuple[RelayedReply | BaseException, ...]:
    """Let the second replica ask while the first one's call is under way, then go on."""
    one = asyncio.create_task(ask(replicas.first))
    await replicas.gate.reached.wait()
    two = asyncio.create_task(ask(replicas.second))
    await replicas.flights.looked.wait()
    replicas.gate.gate.set()
    return await asyncio.gather(one, two, return_exceptions=True)


async def test_what_another_replica_is_getting_is_waited_for() -> None:
    replicas = pair(FIRST)
    one, two = await both(replicas)
    assert isinstance(one, RelayedReply) and isinstance(two, RelayedReply)
    assert (one.reply, two.reply) == (FIRST, FIRST)
    assert two.taken.cache.value == "hit"
    assert replicas.second.chat.asked == []
    assert replicas.flights.claims == {}


async def test_what_fails_there_is_asked_here() -> None:
    one, two = await both(pair(REFUSED))
    assert isinstance(one, RelayFailed)
    assert isinstance(two, RelayedReply)
    assert two.reply == SECOND


async def test_a_call_under_way_renews_its_claim_and_gives_it_back_when_its_caller_goes() -> None:
    flights = FakeFlights("first")
    chat = GatedChatClient(FIRST)
    world = SharedWorld(chat, KEEPING, flights=flights)
    asking = asyncio.create_task(ask(world))
    await chat.reached.wait()
    await flights.renewed.wait()
    assert list(flights.claims.values()) == ["first"]
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert flights.claims == {}
