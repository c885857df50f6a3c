"""TellingHealthStore: what is announced to the store is called out as well."""

from collections.abc import Sequence
from dataclasses import dataclass

from turnout.application.ports.health_store import HealthStore, News, Transition
from turnout.application.ports.signals import Signals, Topic


@dataclass(frozen=True, slots=True)
class TellingHealthStore:
    """A HealthStore around another one."""

    store: HealthStore
    signals: Signals

    async def announce(self, transitions: Sequence[Transition]) -> None:
        """See HealthStore."""
        await self.store.announce(transitions)
        self.signals.send(Topic.HEALTH)

    async def news(self, seen: int) -> News:
        """See HealthStore."""
        return await self.store.news(seen)

    async def transitions(self, limit: int) -> list[Transition]:
        """See HealthStore."""
        return await self.store.transitions(limit)
