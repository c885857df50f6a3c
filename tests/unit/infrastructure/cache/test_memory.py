import asyncio
from collections import OrderedDict

from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.system import FrozenClock

from turnout.application.ports.response_cache import CachedAnswer, CacheKey
from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.cache.memory import ENTRY_OVERHEAD_BYTES, LARGEST_SHARE, MemoryCache


def key(name: str = "k", tenant: str = "t") -> CacheKey:
    return CacheKey(tenant, WireProtocol.OPENAI_CHAT, "default", name.encode())


def answer(body: bytes = b"hello") -> CachedAnswer:
    return CachedAnswer(body, "whole", "m", None, "a", "m", (), 0.0)


def memory(clock: FrozenClock | None = None, **room: int) -> MemoryCache:
    return MemoryCache(clock or FrozenClock(), **{"max_bytes": 1 << 20, "max_entries": 10, **room})


async def test_what_was_used_longest_ago_makes_room() -> None:
    cache = memory(max_entries=2)
    for name in "ab":
        await cache.put(key(name), answer(), 60)
    assert await cache.get(key("a")) is not None
    await cache.put(key("c"), answer(), 60)
    found = [name for name in "abc" if await cache.get(key(name)) is not None]
    assert found == ["a", "c"]


async def test_bytes_are_bounded_as_well() -> None:
    cache = memory(max_bytes=LARGEST_SHARE * (ENTRY_OVERHEAD_BYTES + 10), max_entries=1000)
    for number in range(50):
        await cache.put(key(str(number)), answer(b"x" * 10), 60)
    assert len(cache) == LARGEST_SHARE
    assert cache.held_bytes == LARGEST_SHARE * (ENTRY_OVERHEAD_BYTES + 10)


async def test_one_answer_cannot_drive_out_all_others() -> None:
    cache = memory(max_bytes=1 << 20)
    await cache.put(key("small"), answer(), 60)
    await cache.put(key("large"), answer(b"x" * (1 << 19)), 60)
    assert await cache.get(key("small")) is not None
    assert await cache.get(key("large")) is None


async def test_an_answer_too_large_takes_the_place_of_an_old_one_by_removing_it() -> None:
    cache = memory(max_bytes=1 << 20)
    await cache.put(key(), answer(), 60)
    await cache.put(key(), answer(b"x" * (1 << 19)), 60)
    assert await cache.get(key()) is None
    assert cache.held_bytes == 0


async def test_what_has_expired_is_forgotten_when_asked_for() -> None:
    clock = FrozenClock()
    cache = memory(clock)
    await cache.put(key(), answer(), 60)
    clock.move(60)
    assert await cache.get(key()) is None
    assert (len(cache), cache.held_bytes) == (0, 0)


names = st.sampled_from("abcdef")
moves = st.one_of(
    st.tuples(st.just("get"), names, st.just(0)),
    st.tuples(st.just("put"), names, st.integers(0, 3000)),
    st.tuples(st.just("wait"), names, st.integers(1, 40)),
)


@given(st.lists(moves, max_size=50))
def test_it_is_the_least_recently_used_first_whatever_happens(
    steps: list[tuple[str, str, int]],
) -> None:
    asyncio.run(_agrees_with_a_model(steps))


async def _agrees_with_a_model(steps: list[tuple[str, str, int]]) -> None:
    clock, room = FrozenClock(), 12_000
    cache = memory(clock, max_bytes=room, max_entries=4)
    model: OrderedDict[str, tuple[int, float]] = OrderedDict()
    for step, name, number in steps:
        if step == "wait":
            clock.move(number)
        elif step == "put":
            await cache.put(key(name), answer(b"x" * number), 60)
            model.pop(name, None)
            if (number + ENTRY_OVERHEAD_BYTES) * LARGEST_SHARE <= room:
                model[name] = (number + ENTRY_OVERHEAD_BYTES, clock.monotonic + 60)
                while len(model) > 4 or sum(size for size, _ in model.values()) > room:
                    model.popitem(last=False)
        else:
            found = await cache.get(key(name))
            known = model.get(name)
            if known is not None and known[1] <= clock.monotonic:
                del model[name]
                known = None
            assert (found is None) == (known is None)
            if known is not None:
                model.move_to_end(name)
        assert len(cache) == len(model)
        assert cache.held_bytes == sum(size for size, _ in model.values()) <= room
