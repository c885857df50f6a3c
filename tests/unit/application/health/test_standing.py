from tests.fakes.system import FrozenClock

from turnout.application.health.standing import CircuitState, Standing, standing_of
from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.health.circuit import Reason
from turnout.domain.health.health_record import HealthRecord
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.shared.ids import DeploymentId

RESET = ProviderFailure(FailureKind.TRANSPORT, "reset")


def a_record() -> HealthRecord:
    return HealthRecord(DeploymentId("a/m"), CircuitLimits(strikes_to_open=1, open_seconds=10))


def test_nothing_has_happened_yet() -> None:
    standing = standing_of(a_record(), FrozenClock())
    assert standing == Standing(CircuitState.CLOSED, True, False, None, None, None)


def test_an_open_circuit_says_why_and_until_when() -> None:
    record, clock = a_record(), FrozenClock(1000.0, 5000.0)
    record.failed(RESET, 1000.0, 0.1)
    clock.move(4)
    standing = standing_of(record, clock)
    assert standing == Standing(CircuitState.OPEN, False, False, Reason.STRIKES, 5010.0, 5000.0)


def test_after_its_wait_one_request_may_try() -> None:
    record, clock = a_record(), FrozenClock()
    record.failed(RESET, clock.monotonic, 0.1)
    clock.move(10)
    standing = standing_of(record, clock)
    assert (standing.state, standing.admits, standing.until) == (
        CircuitState.HALF_OPEN,
        True,
        None,
    )
    record.begin_probe(clock.monotonic)
    standing = standing_of(record, clock)
    assert (standing.state, standing.admits) == (CircuitState.HALF_OPEN, False)


def test_a_cooldown_was_asked_for() -> None:
    record, clock = a_record(), FrozenClock(1000.0, 5000.0)
    limited = ProviderFailure(FailureKind.RATE_LIMITED, "slow", retry_after_seconds=30)
    record.failed(limited, clock.monotonic, 0.1)
    standing = standing_of(record, clock)
    assert standing == Standing(CircuitState.CLOSED, False, True, Reason.ASKED_FOR, 5030.0, None)
