"""Standing: whether health admits a deployment now, if not why, and until when."""

from dataclasses import dataclass
from enum import StrEnum

from turnout.application.ports.system import Clock
from turnout.domain.health.circuit import Closed, HalfOpen, Reason
from turnout.domain.health.health_record import HealthRecord


class CircuitState(StrEnum):
    """A circuit, as people call it."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    """Its wait is over: one request may try, or is trying."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a deployment stands. Times are seconds since 1970.

    `reason` is why the circuit last moved, or `asked_for` during a cooldown; `until` is when the
    next request may go there if none may now.
    """

    state: CircuitState
    admits: bool
    cooling_down: bool
    reason: Reason | None
    until: float | None
    moved_at: float | None


def standing_of(record: HealthRecord, clock: Clock) -> Standing:
    """Return how the deployment of `record` stands now."""
    now = clock.monotonic_seconds()
    offset = clock.epoch_seconds() - now
    cooling_down = now < record.cooldown_until_seconds
    moved = record.reason is not None
    return Standing(
        state=_state(record, now),
        admits=record.admits(now),
        cooling_down=cooling_down,
        reason=Reason.ASKED_FOR if cooling_down and not record.is_open else record.reason,
        until=record.admits_at_seconds + offset if now < record.admits_at_seconds else None,
        moved_at=record.moved_at_seconds + offset if moved else None,
    )


def _state(record: HealthRecord, now: float) -> CircuitState:
    circuit = record.circuit
    if isinstance(circuit, Closed):
        return CircuitState.CLOSED
    if isinstance(circuit, HalfOpen) or now >= circuit.until_seconds:
        return CircuitState.HALF_OPEN
    return CircuitState.OPEN
