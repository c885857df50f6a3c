"""Refresh the key ring when access keys have changed."""

from dataclasses import dataclass

from turnout.application.ports.access_keys import KeySource
from turnout.application.snapshot.key_ring import KeyRing


@dataclass(frozen=True, slots=True)
class RefreshKeys:
    """Asks the store for what is new. What it raises leaves the ring as it is."""

    source: KeySource
    ring: KeyRing

    async def __call__(self) -> None:
        """Take over what has changed since the last time."""
        self.ring.take(await self.source.changes(self.ring.version))
