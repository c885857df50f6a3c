"""How processes hear of news at once, where they share a server; else they look twice a second."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from turnout.application.ports.signals import Signals, Topic
from turnout.bootstrap.plane_settings import SharedStateSettings

if TYPE_CHECKING:
    from turnout.infrastructure.valkey.link import ValkeyLink


class Signalling(Signals, Protocol):
    """Signals that a process sends and hears."""

    def hear(self, topic: Topic, hearer: Callable[[], None]) -> None:
        """Have `hearer` called when something is called out on `topic`."""
        ...

    async def start(self) -> None:
        """Begin to listen."""
        ...

    async def stop(self) -> None:
        """Listen no longer."""
        ...


class Silence:
    """Nobody hears anything."""

    def hear(self, topic: Topic, hearer: Callable[[], None]) -> None:
        """See Signalling."""

    def send(self, topic: Topic) -> None:
        """See Signalling."""

    async def start(self) -> None:
        """See Signalling."""

    async def stop(self) -> None:
        """See Signalling."""


def signalling(settings: SharedStateSettings, link: "ValkeyLink | None") -> Signalling:
    """Return how this process calls out and hears."""
    if settings.url is None or link is None:
        return Silence()
    from turnout.infrastructure.valkey.signals import ValkeySignals

    return ValkeySignals(settings.url, link)
