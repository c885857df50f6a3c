import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from tests.fakes.system import FrozenClock
from tests.support import services

from turnout.infrastructure.valkey.link import (
    REST_SECONDS,
    TIMEOUTS_TO_REST,
    SharedStateAway,
    ValkeyLink,
)


class Held:
    """A question that is never answered, and says when it is under way."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def __call__(self, _client: Redis) -> None:
        self.asked.set()
        await asyncio.Event().wait()


@pytest.fixture
async def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
async def link(redis_url: str, clock: FrozenClock) -> AsyncIterator[ValkeyLink]:
    link = ValkeyLink(redis_url, clock, key_prefix="test-link", timeout_seconds=5.0)
    yield link
    await link.close()


@pytest.fixture
async def hasty(redis_url: str, clock: FrozenClock) -> AsyncIterator[ValkeyLink]:
    link = ValkeyLink(redis_url, clock, key_prefix="test-link", timeout_seconds=0.001)
    yield link
    await link.close()


async def fails(link: ValkeyLink) -> str:
    with pytest.raises(SharedStateAway) as caught:
        await link.ask(Held())
    return str(caught.value)


async def test_what_was_set_is_found_under_the_links_own_names(link: ValkeyLink) -> None:
    name = link.key("found", "a")
    assert name == "test-link:found:a"
    await link.ask(lambda client: client.set(name, b"\x00here"))
    assert await link.ask(lambda client: client.get(name)) == b"\x00here"
    assert link.failures == 0


async def test_more_questions_than_connections_take_turns(link: ValkeyLink) -> None:
    name = link.key("turns")
    await link.ask(lambda client: client.delete(name))
    counted = [link.ask(lambda client: client.incr(name)) for _ in range(100)]
    assert sorted(await asyncio.gather(*counted)) == list(range(1, 101))


async def test_three_silences_in_a_row_are_a_death(hasty: ValkeyLink) -> None:
    for _ in range(TIMEOUTS_TO_REST):
        assert not hasty.is_away
        assert await fails(hasty) == "no answer in time"
    assert hasty.is_away
    assert await fails(hasty) == "the server did not answer a moment ago"
    assert (hasty.failures, hasty.spared) == (TIMEOUTS_TO_REST, 1)


async def test_what_the_server_refuses_is_no_death(link: ValkeyLink) -> None:
    name = link.key("text")
    await link.ask(lambda client: client.set(name, "text"))
    with pytest.raises(SharedStateAway, match="WRONGTYPE"):
        await link.ask(lambda client: client.llen(name))
    assert (link.failures, link.is_away) == (1, False)


async def test_one_call_tries_the_dead_while_the_others_are_spared(
    link: ValkeyLink, clock: FrozenClock
) -> None:
    async def refused(_client: Redis) -> None:
        raise ConnectionRefusedError("nobody there")

    with pytest.raises(SharedStateAway, match="nobody there"):
        await link.ask(refused)
    clock.move(REST_SECONDS)
    held = Held()
    trial = asyncio.create_task(link.ask(held))
    await held.asked.wait()
    assert await fails(link) == "the server did not answer a moment ago"
    trial.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trial
    assert link.is_away
    await link.ask(lambda client: client.ping())
    assert not link.is_away


async def test_a_server_that_dies_and_comes_back(clock: FrozenClock) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"redis://127.0.0.1:{taken.getsockname()[1]}/0"
        link = ValkeyLink(nobody, clock, key_prefix="p", timeout_seconds=5.0)
        with pytest.raises(SharedStateAway):
            await link.ask(lambda client: client.ping())
        assert link.is_away
        await link.close()
    with services.valkey() as url:
        link = ValkeyLink(url, clock, key_prefix="p", timeout_seconds=5.0)
        await link.ask(lambda client: client.ping())
        with pytest.raises(SharedStateAway):
            await link.ask(lambda client: client.shutdown(nosave=True))
            await link.ask(lambda client: client.ping())
        assert link.is_away
        await link.close()


async def test_an_address_and_its_password_are_not_told(clock: FrozenClock) -> None:
    secret = "planted-password"
    link = ValkeyLink(
        f"redis://me:{secret}@127.0.0.1:1/0", clock, key_prefix="p", timeout_seconds=5.0
    )
    with pytest.raises(SharedStateAway) as caught:
        await link.ask(lambda client: client.ping())
    assert secret not in repr(caught.value) + repr(link)
    await link.close()
