from tests.fakes.system import FrozenClock

from turnout.bootstrap.plane_settings import CacheSettings, SharedStateSettings
from turnout.bootstrap.shared_state import response_cache, shared_link
from turnout.infrastructure.cache.memory import MemoryCache
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
