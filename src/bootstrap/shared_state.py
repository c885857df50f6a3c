"""The state that replicas share, where there is any: only then is its client imported."""

from typing import TYPE_CHECKING

from turnout.application.ports.response_cache import ResponseCache
from turnout.application.ports.shared_flights import SharedFlights
from turnout.application.ports.system import Clock
from turnout.bootstrap.plane_settings import CacheSettings, SharedStateSettings
from turnout.infrastructure.cache.memory import MemoryCache

if TYPE_CHECKING:
    from turnout.infrastructure.valkey.link import ValkeyLink


def shared_link(settings: SharedStateSettings, clock: Clock) -> "ValkeyLink | None":
    """Return this process's one way to the server, None where none is configured."""
    if settings.url is None:
        return None
    from turnout.infrastructure.valkey.link import ValkeyLink

    return ValkeyLink(
        settings.url,
        clock,
        key_prefix=settings.key_prefix,
        timeout_seconds=settings.timeout_milliseconds / 1000.0,
    )


def response_cache(
    settings: CacheSettings, link: "ValkeyLink | None", clock: Clock
) -> ResponseCache:
    """Return where answers are kept."""
    if settings.store == "memory" or link is None:
        return MemoryCache(clock, max_bytes=settings.max_bytes, max_entries=settings.max_entries)
    from turnout.infrastructure.valkey.response_cache import ValkeyCache

    return ValkeyCache(link)


def shared_flights(
    settings: CacheSettings, link: "ValkeyLink | None", owner: str
) -> SharedFlights | None:
    """Return how replicas know of each other's calls, None where they do not care."""
    if not settings.single_flight_shared or settings.store == "memory" or link is None:
        return None
    from turnout.infrastructure.valkey.flights import ValkeyFlights

    return ValkeyFlights(link, owner)
