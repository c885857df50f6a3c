"""A cache that keeps everything, and how long it was told to."""

from dataclasses import dataclass, field

from turnout.application.ports.response_cache import CachedAnswer, CacheKey


@dataclass
class FakeCache:
    """A ResponseCache without bounds; nothing in it expires by itself."""

    answers: dict[CacheKey, CachedAnswer] = field(default_factory=dict)
    ttl_seconds: list[float] = field(default_factory=list)

    async def get(self, key: CacheKey) -> CachedAnswer | None:
        return self.answers.get(key)

    async def put(self, key: CacheKey, answer: CachedAnswer, ttl_seconds: float) -> None:
        self.answers[key] = answer
        self.ttl_seconds.append(ttl_seconds)
