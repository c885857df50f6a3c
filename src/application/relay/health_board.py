"""The health records of every deployment, in memory, one event loop's own."""

from collections import deque
from collections.abc import Callable, Mapping

from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.health.health_record import HealthRecord
from turnout.domain.shared.events import DomainEvent
from turnout.domain.shared.ids import DeploymentId

MOST_EVENTS = 1000
"""Kept until somebody takes them; then the oldest are forgotten."""
_DEFAULTS = CircuitLimits()


class HealthBoard:
    """Finds or begins a deployment's record."""

    __slots__ = ("_events", "_limits", "_records", "heard")

    def __init__(self) -> None:
        self._records: dict[DeploymentId, HealthRecord] = {}
        self._limits: Mapping[DeploymentId, CircuitLimits] = {}
        self._events: deque[DomainEvent] = deque(maxlen=MOST_EVENTS)
        self.heard: Callable[[], None] | None = None
        """Called when there are events to take."""

    def of(self, deployment: DeploymentId) -> HealthRecord:
        """Return the record of `deployment`."""
        record = self._records.get(deployment)
        if record is None:
            limits = self._limits.get(deployment, _DEFAULTS)
            record = self._records[deployment] = HealthRecord(deployment, limits)
        return record

    def all(self) -> tuple[HealthRecord, ...]:
        """Return every record that has been begun."""
        return tuple(self._records.values())

    def heed(self, limits: Mapping[DeploymentId, CircuitLimits]) -> None:
        """Know the deployments that there are now, and their limits; forget all others."""
        self._limits = limits
        for deployment, record in list(self._records.items()):
            own = limits.get(deployment)
            if own is None:
                del self._records[deployment]
            elif own is not record.limits:
                record.heed(own)

    def note(self, record: HealthRecord) -> None:
        """Take the events of `record`, if it has any."""
        if record.has_events:
            self._events.extend(record.collect())
            if self.heard is not None:
                self.heard()

    def take_events(self) -> tuple[DomainEvent, ...]:
        """Hand over the events that were noted, oldest first, and forget them."""
        events = tuple(self._events)
        self._events.clear()
        return events
