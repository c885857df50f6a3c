import asyncio
from functools import partial

import pytest
from tests.fakes.clients import FakeChatClient, Silence
from tests.support.gateways import FakeGateway, chat_request, provider

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.application.relay.answers import NoRoom, RelayedReply, RelayFailed
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeReply
from turnout.domain.shared.ids import DeploymentId, ProviderId

CALLER = Grant("tests")
A, B = ProviderId("a"), ProviderId("b")
Asking = asyncio.Task[RelayedReply]


def gateway(*names: str, most: int = 1, queue: int = 8, seconds: float = 30.0) -> FakeGateway:
    """Providers that never answer, each with room for `most`."""
    rules = ConcurrencyRules(most=most, queue=queue, queue_seconds=seconds)
    world = FakeGateway(
        {name: FakeChatClient(Silence()) for name in names},
        providers=[provider(name, concurrency=rules) for name in names],
    )
    world.traffic.heed(world.holder.current)
    return world


async def ask(world: FakeGateway) -> Asking:
    """Ask, and let the request go as far as it can."""
    asking = asyncio.create_task(world.complete_chat.complete(chat_request(), CALLER))
    for _ in range(5):
        await asyncio.sleep(0)
    return asking


async def end(*asking: Asking) -> None:
    for each in asking:
        each.cancel()
    await asyncio.gather(*asking, return_exceptions=True)


def noted(done: list[int], number: int, _: Asking) -> None:
    done.append(number)


def answer(world: FakeGateway, name: str) -> None:
    """Let the provider answer whoever asks from now on."""
    world.chats[name].answer = NativeReply(b"{}", None, None)


async def test_a_full_provider_is_passed_over() -> None:
    world = gateway("a", "b")
    first, second = await ask(world), await ask(world)
    assert [world.traffic.gate(name).limit.in_flight for name in (A, B)] == [1, 1]
    await end(first, second)
    assert [world.traffic.gate(name).limit.in_flight for name in (A, B)] == [0, 0]


async def test_where_all_are_full_the_one_that_waited_longest_goes_first() -> None:
    world = gateway("a")
    inside = await ask(world)
    waiting = [await ask(world) for _ in range(3)]
    assert world.traffic.gate(A).waiting == 3
    answer(world, "a")
    done: list[int] = []
    for number, each in enumerate(waiting):
        each.add_done_callback(partial(noted, done, number))
    await end(inside)
    await asyncio.gather(*waiting)
    assert done == [0, 1, 2]
    assert world.traffic.gate(A).is_idle


async def test_the_first_place_that_is_free_is_taken_whose_ever_it_is() -> None:
    world = gateway("a", "b")
    at_a, at_b = await ask(world), await ask(world)
    waiting = await ask(world)
    answer(world, "b")
    await end(at_b)
    assert (await waiting).taken.provider == "b"
    await end(at_a)
    assert world.traffic.gate(A).is_idle


@pytest.mark.parametrize(("queue", "seconds"), [(0, 30.0), (8, 0.01)])
async def test_without_room_in_line_or_in_time_it_is_refused(queue: int, seconds: float) -> None:
    world = gateway("a", queue=queue, seconds=seconds)
    inside = await ask(world)
    with pytest.raises(NoRoom) as refused:
        await world.complete_chat.complete(chat_request(), CALLER)
    assert refused.value.retry_after_seconds >= 1
    assert not refused.value.rate_limited
    (record,) = world.ledger.records
    assert (record.deployment, record.outcome, record.number) == ("a/m", AttemptOutcome.SHED, 0)
    assert world.traffic.gate(A).waiting == 0
    await end(inside)


async def test_nobody_waits_beyond_the_deadline() -> None:
    world = gateway("a")
    inside = await ask(world)
    hurried = FakeGateway(
        world.chats,
        providers=list(world.holder.current.providers.values()),
        traffic=world.traffic,
        rules={"deadline_seconds": 0.02},
    )
    with pytest.raises(NoRoom):
        await hurried.complete_chat.complete(chat_request(), CALLER)
    await end(inside)


async def test_who_hangs_up_leaves_the_line() -> None:
    world = gateway("a")
    inside, waiting, last = await ask(world), await ask(world), await ask(world)
    world.clock.move(2)
    await end(waiting)
    (record,) = world.ledger.records
    assert (record.outcome, record.number, record.seconds) == (AttemptOutcome.ABANDONED, 0, 2)
    assert world.traffic.gate(A).waiting == 1
    answer(world, "a")
    await end(inside)
    assert (await last).taken.provider == "a"
    assert world.traffic.gate(A).is_idle


async def test_a_place_is_passed_on_when_its_heir_has_hung_up() -> None:
    world = gateway("a")
    inside, heir, last = await ask(world), await ask(world), await ask(world)
    answer(world, "a")
    inside.cancel()
    await asyncio.sleep(0)  # the place is the heir's, who has not gone on yet
    heir.cancel()
    assert (await last).taken.provider == "a"
    await end(inside, heir)
    assert world.traffic.gate(A).is_idle


async def test_a_refusal_after_a_failure_tells_the_failure() -> None:
    world = gateway("a", "b", queue=0)
    inside = [await ask(world), await ask(world)]
    world.chats["a"].answer = ProviderFailure(FailureKind.AUTH, "no")
    await end(inside[0])
    with pytest.raises(RelayFailed) as failed:
        await world.complete_chat.complete(chat_request(), CALLER)
    assert failed.value.failures[-1].kind is FailureKind.AUTH
    await end(inside[1])


async def test_a_target_that_failed_meanwhile_is_left_for_another() -> None:
    world = gateway("a", "b")
    at_a, at_b = await ask(world), await ask(world)
    waiting = await ask(world)
    answer(world, "a")
    answer(world, "b")
    limited = ProviderFailure(FailureKind.RATE_LIMITED, "", retry_after_seconds=60)
    world.health.of(DeploymentId("a/m")).failed(limited, world.clock.monotonic, 0.1)
    await end(at_a)
    assert not waiting.done()
    await end(at_b)
    assert (await waiting).taken.provider == "b"
    assert world.traffic.gate(A).is_idle
