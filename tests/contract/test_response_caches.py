"""What every cache of answers must do, the fake included."""

from collections.abc import Callable

import pytest

from tests.fakes.cache import FakeCache
from tests.fakes.system import FrozenClock
from turnout.application.ports.response_cache import CachedAnswer, CacheKey, ResponseCache
from turnout.domain.inference.request import WireProtocol
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.cache.memory import MemoryCache

Making = Callable[[], ResponseCache]
KEY = CacheKey("tenant", WireProtocol.OPENAI_CHAT, "default", b"fingerprint")
ANSWER = CachedAnswer(b"\x00hello", "whole", "m", TokenUsage(1, 2), "a", "m", ("n",), 1.5)


def memory() -> MemoryCache:
    return MemoryCache(FrozenClock(), max_bytes=1 << 20, max_entries=100)


@pytest.fixture(params=[FakeCache, memory], ids=["fake", "memory"])
def cache(request: pytest.FixtureRequest) -> ResponseCache:
    make: Making = request.param
    return make()


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
