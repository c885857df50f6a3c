"""The circuit's three states as types, why it moves, and how one state follows from another."""

from dataclasses import dataclass
from enum import StrEnum

from turnout.domain.catalog.circuit_limits import CircuitLimits


class Reason(StrEnum):
    """Why a circuit moved, or a cooldown began."""

    STRIKES = "strikes"
    """Failures in a row."""
    ERROR_RATE = "error_rate"
    """The share of failures among recent calls."""
    SLOW_RATE = "slow_rate"
    """The share of slow ones."""
    TRIAL = "trial"
    """The one request that was let through: it is under way, or has failed."""
    PROBE = "probe"
    """What an active probe found."""
    ANSWERED = "answered"
    """A request was answered."""
    ASKED_FOR = "asked_for"
    """The provider asked to be left alone."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Requests pass; `strikes` are the failures in a row so far."""

    strikes: int = 0


@dataclass(frozen=True, slots=True)
class Open:
    """Nothing passes until `until_seconds`; `openings` counts the times in a row."""

    until_seconds: float
    openings: int = 1
    reason: Reason = Reason.STRIKES


@dataclass(frozen=True, slots=True)
class HalfOpen:
    """One request is under way; its outcome decides. `reason` is why the circuit had opened."""

    openings: int
    reason: Reason = Reason.STRIKES


Circuit = Closed | Open | HalfOpen
_FORGIVEN = Closed()


def after_success(_: Circuit) -> Circuit:
    """One success closes the circuit and forgives every strike."""
    return _FORGIVEN


def after_failure(circuit: Circuit, now_seconds: float, limits: CircuitLimits) -> Circuit:
    """Count a strike; open when there are enough of them, or when the one let through failed."""
    if isinstance(circuit, Closed):
        strikes = circuit.strikes + 1
        if strikes < limits.strikes_to_open:
            return Closed(strikes)
        return opened(circuit, Reason.STRIKES, now_seconds, limits)
    if isinstance(circuit, HalfOpen):
        return opened(circuit, Reason.TRIAL, now_seconds, limits)
    return circuit


def opened(circuit: Circuit, reason: Reason, now_seconds: float, limits: CircuitLimits) -> Open:
    """Return `circuit` opened for `reason`: the first time in a row, or once more."""
    openings = 1 if isinstance(circuit, Closed) else circuit.openings + 1
    return Open(now_seconds + limits.wait_seconds(openings), openings, reason)
