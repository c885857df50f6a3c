"""MemoryCache: the answers that were used last, in this process, within bounds."""

from collections import OrderedDict
from typing import NamedTuple

from turnout.application.ports.response_cache import CachedAnswer, CacheKey
from turnout.application.ports.system import Clock

ENTRY_OVERHEAD_BYTES = 1024
"""About what a key, an answer's fields and their place here take beside the body."""
LARGEST_SHARE = 8
"""One answer takes no more than this part of the room."""


class _Kept(NamedTuple):
    answer: CachedAnswer
    expires_seconds: float
    bytes: int


class MemoryCache:
    """A ResponseCache of at most `max_entries` answers and about `max_bytes` bytes.

    What was used longest ago makes room. An answer that would take a large part of the room is not
    kept: it would drive out many others.
    """

    __slots__ = ("_clock", "_held_bytes", "_kept", "_max_bytes", "_max_entries")

    def __init__(self, clock: Clock, *, max_bytes: int, max_entries: int) -> None:
        self._clock = clock
        self._max_bytes = max_bytes
        self._max_entries = max_entries
        self._kept: OrderedDict[CacheKey, _Kept] = OrderedDict()
        self._held_bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def held_bytes(self) -> int:
        """About what the answers take now."""
        return self._held_bytes

    async def get(self, key: CacheKey) -> CachedAnswer | None:
        """See ResponseCache."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        if self._clock.monotonic_seconds() >= kept.expires_seconds:
            self._forget(key)
            return None
        self._kept.move_to_end(key)
        return kept.answer

    async def put(self, key: CacheKey, answer: CachedAnswer, ttl_seconds: float) -> None:
        """See ResponseCache."""
        if key in self._kept:
            self._forget(key)
        size = len(answer.body) + ENTRY_OVERHEAD_BYTES
        if size * LARGEST_SHARE > self._max_bytes:
            return
        while self._kept and (
            len(self._kept) >= self._max_entries or self._held_bytes + size > self._max_bytes
        ):
            self._forget(next(iter(self._kept)))
        self._kept[key] = _Kept(answer, self._clock.monotonic_seconds() + ttl_seconds, size)
        self._held_bytes += size

    def _forget(self, key: CacheKey) -> None:
        self._held_bytes -= self._kept.pop(key).bytes
