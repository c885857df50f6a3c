"""Where a process counts what callers may still ask for."""

from typing import TYPE_CHECKING

from turnout.application.ports.system import Clock
from turnout.bootstrap.periodic import Periodic
from turnout.infrastructure.limits.memory import MemoryLimits

if TYPE_CHECKING:
    from turnout.infrastructure.valkey.limits import SharedLimits
    from turnout.infrastructure.valkey.link import ValkeyLink

TEND_SECONDS = 1.0


def limit_store(link: "ValkeyLink | None", clock: Clock) -> "MemoryLimits | SharedLimits":
    """Return the counters that replicas share, or where nothing is shared, this process's own."""
    if link is None:
        return MemoryLimits(clock)
    from turnout.infrastructure.valkey.limits import SharedLimits

    return SharedLimits(link, clock)


def tending(store: "MemoryLimits | SharedLimits") -> tuple[Periodic, ...]:
    """Return what is done for the counters beside the requests."""
    if isinstance(store, MemoryLimits):
        return ()
    return (Periodic("keeping places", TEND_SECONDS, store.tend),)
