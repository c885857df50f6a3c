"""What has happened, and how an aggregate remembers it until it is stored."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DomainEvent:
    """Something that happened to an aggregate; named in the past tense."""


@dataclass(slots=True)
class Recorder:
    """Keeps an aggregate's events until a unit of work collects them."""

    _events: list[DomainEvent] = field(default_factory=list, init=False, repr=False, compare=False)

    def record(self, event: DomainEvent) -> None:
        """Remember that `event` happened."""
        self._events.append(event)

    @property
    def has_events(self) -> bool:
        """Whether there is anything to collect."""
        return bool(self._events)

    def collect(self) -> tuple[DomainEvent, ...]:
        """Hand over what has been recorded, and forget it."""
        events = tuple(self._events)
        self._events.clear()
        return events
