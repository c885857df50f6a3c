"""What every store of limits must do: in memory, and on a real Valkey."""

import asyncio
from collections.abc import AsyncIterator
from inspect import isawaitable
from uuid import uuid4

import pytest

from turnout.application.ports.limit_store import Counter, LimitStore, Measure, Verdict
from turnout.infrastructure.limits.memory import MemoryLimits
from turnout.infrastructure.system.clock import SystemClock
from turnout.infrastructure.valkey.limits import SharedLimits
from turnout.infrastructure.valkey.link import ValkeyLink

PLACES = Counter("key:a", Measure.CONCURRENT, 2)
REQUESTS = Counter("key:a", Measure.REQUESTS, 5)
TOKENS = Counter("key:a", Measure.TOKENS, 1000)


@pytest.fixture
async def memory() -> AsyncIterator[LimitStore]:
    yield MemoryLimits(SystemClock())


@pytest.fixture
async def shared(redis_url: str) -> AsyncIterator[LimitStore]:
    clock = SystemClock()
    link = ValkeyLink(redis_url, clock, key_prefix=uuid4().hex, timeout_seconds=5.0)
    yield SharedLimits(link, clock)
    await link.close()


@pytest.fixture(params=["memory", "shared"])
def store(request: pytest.FixtureRequest, memory: LimitStore, shared: LimitStore) -> LimitStore:
    return memory if request.param == "memory" else shared


async def take(
    store: LimitStore, *counters: Counter, tokens: int = 0, request: str = "r"
) -> Verdict:
    asked = store.take(counters, tokens, request)
    return await asked if isawaitable(asked) else asked


async def settled(store: LimitStore) -> None:
    """Wait until what was given back has arrived."""
    if isinstance(store, SharedLimits):
        await store.idle()


async def test_a_minutes_worth_and_no_more(store: LimitStore) -> None:
    for left in (4, 3, 2, 1, 0):
        verdict = await take(store, REQUESTS)
        assert verdict.refused is None
        assert verdict.requests is not None
        assert verdict.requests.left == left
    verdict = await take(store, REQUESTS)
    assert verdict.refused == REQUESTS
    assert 11.0 < verdict.wait_seconds <= 12.0


async def test_who_is_refused_takes_nothing(store: LimitStore) -> None:
    await take(store, PLACES, request="a")
    await take(store, PLACES, request="b")
    for _ in range(10):
        verdict = await take(store, REQUESTS, PLACES, request="c")
        assert verdict.refused == PLACES
    verdict = await take(store, REQUESTS)
    assert verdict.requests is not None
    assert verdict.requests.left == 4


async def test_a_place_that_is_given_back_is_free(store: LimitStore) -> None:
    for request in ("a", "b"):
        assert (await take(store, PLACES, request=request)).refused is None
    assert (await take(store, PLACES, request="c")).refused == PLACES
    store.leave((PLACES,), "a")
    await settled(store)
    assert (await take(store, PLACES, request="c")).refused is None


async def test_tokens_are_reserved_and_settled(store: LimitStore) -> None:
    assert (await take(store, TOKENS, tokens=900)).refused is None
    assert (await take(store, TOKENS, tokens=900)).refused == TOKENS
    store.settle((TOKENS,), used=100, reserved=900)
    await settled(store)
    verdict = await take(store, TOKENS, tokens=600)
    assert verdict.refused is None
    assert verdict.tokens is not None
    assert 299 <= verdict.tokens.left <= 320


async def test_more_tokens_than_a_minute_has_are_let_through_once(store: LimitStore) -> None:
    assert (await take(store, TOKENS, tokens=5000)).refused is None
    store.settle((TOKENS,), used=0, reserved=5000)
    await settled(store)
    verdict = await take(store, TOKENS, tokens=1)
    assert verdict.tokens is not None
    assert verdict.tokens.left == 999


async def test_all_at_once_no_more_than_the_limit_passes(store: LimitStore) -> None:
    verdicts = await asyncio.gather(*(take(store, REQUESTS, TOKENS, tokens=1) for _ in range(100)))
    assert sum(verdict.refused is None for verdict in verdicts) == 5


async def test_the_tightest_limit_is_told(store: LimitStore) -> None:
    wide = Counter("team:b", Measure.REQUESTS, 500)
    verdict = await take(store, wide, REQUESTS)
    assert verdict.requests is not None
    assert (verdict.requests.limit, verdict.tokens) == (5, None)
