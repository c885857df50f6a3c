"""Claims of calls, in memory; nothing in it lapses by itself."""

import asyncio
from dataclasses import dataclass, field

from turnout.application.ports.response_cache import CacheKey


@dataclass
class FakeFlights:
    """A SharedFlights of one replica; replicas of one gateway are given the same `claims`."""

    owner: str
    claims: dict[CacheKey, str] = field(default_factory=dict)
    looked: asyncio.Event = field(default_factory=asyncio.Event)
    renewed: asyncio.Event = field(default_factory=asyncio.Event)

    async def claim(self, key: CacheKey, seconds: float) -> bool:
        if key in self.claims:
            return False
        self.claims[key] = self.owner
        return True

    async def is_claimed(self, key: CacheKey) -> bool:
        self.looked.set()
        return key in self.claims

    async def renew(self, key: CacheKey, seconds: float) -> None:
        self.renewed.set()

    async def release(self, key: CacheKey) -> None:
        if self.claims.get(key) == self.owner:
            del self.claims[key]
