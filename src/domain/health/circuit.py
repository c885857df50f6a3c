"""The circuit's three states as types, and how one follows from another."""

from dataclasses import dataclass

from turnout.domain.catalog.circuit_limits import CircuitLimits


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
