from tests.fakes.system import FrozenClock

from turnout.bootstrap.plane_settings import CacheSettings, SharedStateSettings
from turnout.bootstrap.shared_state import response_cache, shared_flights, shared_link
from turnout.infrastructure.cache.memory import MemoryCache
from turnout.infrastructure.valkey.flights import ValkeyFlights
from turnout.infrastructure.valkey.response_cache import ValkeyCache

NAMED = SharedStateSettings("redis://127.0.0.1:1/0", key_prefix="mine")


async def test_there_is_a_link_only_where_a_server_is_named() -> None:
    assert shared_link(SharedStateSettings(), FrozenClock()) is None
    link = shared_link(NAMED, FrozenClock())
    assert link is not None
    assert link.key("a") == "mine:a"
    await link.close()


async def test_answers_are_kept_where_the_file_says() -> None:
    link = shared_link(NAMED, FrozenClock())
    assert link is not None
    own = response_cache(CacheSettings(), link, FrozenClock())
    shared = response_cache(CacheSettings(store="shared"), link, FrozenClock())
    assert (type(own), type(shared)) == (MemoryCache, ValkeyCache)
    await link.close()


async def test_calls_are_claimed_only_where_answers_are_shared() -> None:
    link = shared_link(NAMED, FrozenClock())
    assert link is not None
    assert shared_flights(CacheSettings(store="shared"), link, "me") is None
    assert shared_flights(CacheSettings(single_flight_shared=True), link, "me") is None
    wanted = CacheSettings(store="shared", single_flight_shared=True)
    assert shared_flights(wanted, None, "me") is None
    assert isinstance(shared_flights(wanted, link, "me"), ValkeyFlights)
    await link.close()
