import uuid
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from tests.fakes.system import FrozenClock

from turnout.application.ports.response_cache import CachedAnswer, CacheKey
from turnout.domain.inference.request import WireProtocol
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.valkey.link import ValkeyLink
from turnout.infrastructure.valkey.response_cache import MOST_BYTES, ValkeyCache

KEY = CacheKey("tenant-secret", WireProtocol.OPENAI_CHAT, "default", b"\x00\xff")
ANSWER = CachedAnswer(b"\x00hello", "whole", "m", TokenUsage(1, 2), "a", "m", ("n",), 1.5)


@pytest.fixture
async def link(redis_url: str) -> AsyncIterator[ValkeyLink]:
    prefix = f"cache-{uuid.uuid4().hex}"
    link = ValkeyLink(redis_url, FrozenClock(), key_prefix=prefix, timeout_seconds=5.0)
    yield link
    await link.close()


async def names(link: ValkeyLink) -> list[bytes]:
    found = await link.ask(lambda client: client.keys(link.key("*")))
    return [name for name in found if isinstance(name, bytes)]


async def test_another_replica_finds_it(link: ValkeyLink) -> None:
    await ValkeyCache(link).put(KEY, ANSWER, 60)
    assert await ValkeyCache(link).get(KEY) == ANSWER


async def test_the_name_says_nothing_and_the_server_forgets_it(link: ValkeyLink) -> None:
    await ValkeyCache(link).put(KEY, ANSWER, 60)
    (name,) = await names(link)
    assert b"tenant" not in name
    assert 59_000 < await link.ask(lambda client: client.pttl(name)) <= 60_000


async def test_what_takes_too_long_to_fetch_is_not_kept(link: ValkeyLink) -> None:
    cache = ValkeyCache(link)
    await cache.put(KEY, replace(ANSWER, body=bytes(MOST_BYTES)), 60)
    assert await names(link) == []


async def test_what_cannot_be_read_is_no_answer(link: ValkeyLink) -> None:
    cache = ValkeyCache(link)
    await cache.put(KEY, ANSWER, 60)
    (name,) = await names(link)
    await link.ask(lambda client: client.set(name, b"\xc1 no message"))
    assert await cache.get(KEY) is None


async def test_without_the_server_nothing_is_kept_and_nobody_fails() -> None:
    link = ValkeyLink("redis://127.0.0.1:1/0", FrozenClock(), key_prefix="p", timeout_seconds=5.0)
    cache = ValkeyCache(link)
    await cache.put(KEY, ANSWER, 60)
    assert await cache.get(KEY) is None
    assert (link.failures, link.spared) == (1, 1)
    await link.close()
