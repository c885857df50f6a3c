"""What every cache of answers must do, the fake included."""

import uuid
from collections.abc import AsyncIterator, Callable

import pytest

from tests.fakes.cache import FakeCache
from tests.fakes.system import FrozenClock
from turnout.application.ports.response_cache import CachedAnswer, CacheKey, ResponseCache
from turnout.domain.inference.request import WireProtocol
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.cache.memory import MemoryCache
from turnout.infrastructure.system.clock import SystemClock
from turnout.infrastructure.valkey.link import ValkeyLink
from turnout.infrastructure.valkey.response_cache import ValkeyCache

Making = Callable[[], ResponseCache]
KEY = CacheKey("tenant", WireProtocol.OPENAI_CHAT, "default", b"fingerprint")
ANSWER = CachedAnswer(b"\x00hello", "whole", "m", TokenUsage(1, 2), "a", "m", ("n",), 1.5)


def memory() -> MemoryCache:
    return MemoryCache(FrozenClock(), max_bytes=1 << 20, max_entries=100)


@pytest.fixture
async def link(redis_url: str) -> AsyncIterator[ValkeyLink]:
    prefix = f"contract-{uuid.uuid4().hex}"
    link = ValkeyLink(redis_url, SystemClock(), key_prefix=prefix, timeout_seconds=5.0)
    yield link
    await link.close()


@pytest.fixture(params=["fake", "memory", "valkey"])
def cache(request: pytest.FixtureRequest, link: ValkeyLink) -> ResponseCache:
    made: dict[str, Making] = {
        "fake": FakeCache,
        "memory": memory,
        "valkey": lambda: ValkeyCache(link),
    }
    return made[request.param]()


async def test_what_was_put_is_there_as_it_was(cache: ResponseCache) -> None:
    assert await cache.get(KEY) is None
    await cache.put(KEY, ANSWER, 60)
    assert await cache.get(KEY) == ANSWER


@pytest.mark.parametrize(
    "other",
    [
        KEY._replace(tenant="another"),
        KEY._replace(protocol=WireProtocol.GEMINI),
        KEY._replace(route="another"),
        KEY._replace(fingerprint=b"another"),
    ],
)
async def test_every_part_of_the_key_counts(cache: ResponseCache, other: CacheKey) -> None:
    await cache.put(KEY, ANSWER, 60)
    assert await cache.get(other) is None


async def test_the_later_answer_stays(cache: ResponseCache) -> None:
    later = CachedAnswer(b"later", "stream", None, None, "b", "n", (), 2.5)
    await cache.put(KEY, ANSWER, 60)
    await cache.put(KEY, later, 60)
    assert await cache.get(KEY) == later
