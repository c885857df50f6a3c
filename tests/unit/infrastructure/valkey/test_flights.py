import uuid
from collections.abc import AsyncIterator
from functools import partial

import pytest
from redis.asyncio import Redis
from tests.fakes.system import FrozenClock

from turnout.application.ports.response_cache import CacheKey
from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.valkey.flights import ValkeyFlights
from turnout.infrastructure.valkey.link import ValkeyLink

KEY = CacheKey("tenant", WireProtocol.OPENAI_CHAT, "default", b"\x00\xff")


@pytest.fixture
async def link(redis_url: str) -> AsyncIterator[ValkeyLink]:
    prefix = f"flights-{uuid.uuid4().hex}"
    link = ValkeyLink(redis_url, FrozenClock(), key_prefix=prefix, timeout_seconds=5.0)
    yield link
    await link.close()


async def _pttl(name: bytes | str, client: Redis) -> int:
    return int(await client.pttl(name))


async def left_milliseconds(link: ValkeyLink) -> list[int]:
    names = await link.ask(lambda client: client.keys(link.key("*")))
    return [await link.ask(partial(_pttl, name)) for name in names]


async def test_one_claims_until_it_is_over(link: ValkeyLink) -> None:
    first, second = ValkeyFlights(link, "first"), ValkeyFlights(link, "second")
    assert not await second.is_claimed(KEY)
    assert await first.claim(KEY, 60)
    assert not await second.claim(KEY, 60)
    assert await second.is_claimed(KEY)
    await second.release(KEY)
    assert await second.is_claimed(KEY)
    await first.release(KEY)
    assert await second.claim(KEY, 60)


async def test_a_claim_lapses_unless_its_owner_renews_it(link: ValkeyLink) -> None:
    first, second = ValkeyFlights(link, "first"), ValkeyFlights(link, "second")
    await first.claim(KEY, 60)
    (left,) = await left_milliseconds(link)
    assert 50_000 < left <= 60_000
    await second.renew(KEY, 600)
    (left,) = await left_milliseconds(link)
    assert left <= 60_000
    await first.renew(KEY, 600)
    (left,) = await left_milliseconds(link)
    assert 500_000 < left <= 600_000


async def test_without_the_server_every_call_is_ones_own() -> None:
    link = ValkeyLink("redis://127.0.0.1:1/0", FrozenClock(), key_prefix="p", timeout_seconds=5.0)
    flights = ValkeyFlights(link, "first")
    assert await flights.claim(KEY, 60)
    assert not await flights.is_claimed(KEY)
    await flights.renew(KEY, 60)
    await flights.release(KEY)
    await link.close()
