"""What replicas call out to each other, so that nobody waits for the next look at the store."""

from enum import StrEnum
from typing import Protocol


class Topic(StrEnum):
    """What there is news of; the news itself is in the store."""

    STORE = "store"
    """An administrator has changed something: the configuration, a key, a budget."""
    HEALTH = "health"
    """A deployment's circuit has moved, or it cools down."""


class Signals(Protocol):
    """Calls out to all processes of the gateway. Who misses it finds the news a little later."""

    def send(self, topic: Topic) -> None:
        """Call out. Neither waits nor raises."""
        ...
