from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.health.circuit import (
    Circuit,
    Closed,
    HalfOpen,
    Open,
    Reason,
    after_failure,
    after_success,
    opened,
)

LIMITS = CircuitLimits(strikes_to_open=3, open_seconds=10, open_seconds_cap=60)


def test_enough_strikes_in_a_row_open() -> None:
    circuit: Circuit = Closed()
    for _ in range(2):
        circuit = after_failure(circuit, 100, LIMITS)
    assert circuit == Closed(2)
    assert after_failure(circuit, 100, LIMITS) == Open(110, 1, Reason.STRIKES)


def test_a_success_forgives() -> None:
    assert after_success(Closed(2)) == after_success(HalfOpen(3)) == Closed(0)


def test_a_failed_trial_opens_for_twice_as_long() -> None:
    assert after_failure(HalfOpen(1), 100, LIMITS) == Open(120, 2, Reason.TRIAL)
    assert after_failure(HalfOpen(2), 100, LIMITS) == Open(140, 3, Reason.TRIAL)


def test_late_failures_do_not_prolong_an_opening() -> None:
    assert after_failure(Open(110), 105, LIMITS) == Open(110)


def test_openings_in_a_row_are_counted_whatever_their_reasons() -> None:
    first = opened(Closed(1), Reason.PROBE, 0, LIMITS)
    assert first == Open(10, 1, Reason.PROBE)
    assert opened(first, Reason.SLOW_RATE, 10, LIMITS) == Open(30, 2, Reason.SLOW_RATE)
