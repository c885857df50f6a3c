"""The circuit's three states as types, and how one follows from another."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Closed:
    """Requests pass; `strikes` are the failures in a row so far."""

    strikes: int = 0


@dataclass(frozen=True, slots=True)
class Open:
    """Nothing passes until `until_seconds`; `openings` counts the times in a row."""

    until_seconds: float
    openings: int = 1


@dataclass(frozen=True, slots=True)
class HalfOpen:
    """One probe is under way; its outcome decides."""

    openings: int


Circuit = Closed | Open | HalfOpen


@dataclass(frozen=True, slots=True)
class CircuitLimits:
    """When to open, and for how long: the wait doubles with each opening in a row, up to a cap."""

    strikes_to_open: int = 5
    open_seconds: float = 10.0
    open_seconds_cap: float = 300.0

    def wait_seconds(self, openings: int) -> float:
        """Return how long the `openings`-th opening in a row lasts (counted from 1)."""
        return min(self.open_seconds_cap, self.open_seconds * 2.0 ** min(openings - 1, 32))


def after_success(_: Circuit) -> Circuit:
    """One success closes the circuit and forgives every strike."""
    return Closed()


def after_failure(circuit: Circuit, now_seconds: float, limits: CircuitLimits) -> Circuit:
    """Count a strike; open when there are enough of them, or when a probe failed."""
    if isinstance(circuit, Closed):
        strikes = circuit.strikes + 1
        if strikes < limits.strikes_to_open:
            return Closed(strikes)
        return Open(now_seconds + limits.wait_seconds(1))
    if isinstance(circuit, HalfOpen):
        openings = circuit.openings + 1
        return Open(now_seconds + limits.wait_seconds(openings), openings)
    return circuit
