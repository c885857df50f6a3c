import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import pytest
from tests.fakes.system import FrozenClock

from turnout.application.ports.signals import Topic
from turnout.infrastructure.valkey.link import ValkeyLink
from turnout.infrastructure.valkey.signals import ValkeySignals


class Ear:
    """Counts what it hears, by topic."""

    def __init__(self, signals: ValkeySignals) -> None:
        self.heard: list[Topic] = []
        self._new = asyncio.Event()
        for topic in Topic:
            signals.hear(topic, partial(self._hear, topic))

    def _hear(self, topic: Topic) -> None:
        self.heard.append(topic)
        self._new.set()

    async def until(self, times: int) -> None:
        async with asyncio.timeout(30):
            while len(self.heard) < times:
                self._new.clear()
                await self._new.wait()


Joining = Callable[[], Awaitable[tuple[ValkeySignals, Ear]]]


@pytest.fixture
async def link(redis_url: str) -> AsyncIterator[ValkeyLink]:
    prefix = f"signals-{uuid.uuid4().hex}"
    link = ValkeyLink(redis_url, FrozenClock(), key_prefix=prefix, timeout_seconds=5.0)
    yield link
    await link.close()


@pytest.fixture
async def join(redis_url: str, link: ValkeyLink) -> AsyncIterator[Joining]:
    joined: list[ValkeySignals] = []

    async def one() -> tuple[ValkeySignals, Ear]:
        signals = ValkeySignals(redis_url, link)
        ear = Ear(signals)
        joined.append(signals)
        await signals.start()
        await ear.until(len(Topic))  # who connects hears everything once
        return signals, ear

    yield one
    for each in joined:
        await each.stop()


async def test_everybody_hears_what_one_sends(join: Joining) -> None:
    signals, own = await join()
    _, other = await join()
    signals.send(Topic.HEALTH)
    for ear in (own, other):
        await ear.until(len(Topic) + 1)
        assert ear.heard[len(Topic) :] == [Topic.HEALTH]


async def test_what_happens_at_once_is_called_out_once(join: Joining) -> None:
    signals, ear = await join()
    for _ in range(10):
        signals.send(Topic.STORE)
    await ear.until(len(Topic) + 1)
    signals.send(Topic.HEALTH)
    await ear.until(len(Topic) + 2)
    assert ear.heard[len(Topic) :] == [Topic.STORE, Topic.HEALTH]


async def test_who_was_cut_off_hears_everything_when_it_is_back(
    join: Joining, link: ValkeyLink
) -> None:
    _, ear = await join()
    await link.ask(lambda client: client.client_kill_filter(_type="pubsub"))
    await ear.until(2 * len(Topic))
    assert set(ear.heard[len(Topic) :]) == set(Topic)


async def test_a_word_of_a_later_version_is_passed_over(join: Joining, link: ValkeyLink) -> None:
    signals, ear = await join()
    await link.ask(lambda client: client.publish(link.key("signals"), "later"))
    signals.send(Topic.STORE)
    await ear.until(len(Topic) + 1)
    assert ear.heard[len(Topic) :] == [Topic.STORE]


async def test_without_the_server_sending_is_no_failure() -> None:
    url = "redis://127.0.0.1:1/0"
    link = ValkeyLink(url, FrozenClock(), key_prefix="p", timeout_seconds=5.0)
    signals = ValkeySignals(url, link)
    signals.send(Topic.STORE)
    await signals.stop()
    assert link.failures == 1
    await link.close()
