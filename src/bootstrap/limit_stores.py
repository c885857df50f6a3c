"""Where a process counts what callers may still ask for."""

from typing import TYPE_CHECKING

from turnout.application.ports.limit_store import LimitStore
from turnout.application.ports.system import Clock
from turnout.infrastructure.limits.memory import MemoryLimits

if TYPE_CHECKING:
    from turnout.infrastructure.valkey.link import ValkeyLink


def limit_store(link: "ValkeyLink | None", clock: Clock) -> LimitStore:
    """Return the counters that replicas share, or where nothing is shared, this process's own."""
    if link is None:
        return MemoryLimits(clock)
    from turnout.infrastructure.valkey.limits import SharedLimits

    return SharedLimits(link, clock)
