import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.health.circuit import Closed, HalfOpen, Open
from turnout.domain.health.events import CircuitClosed, CircuitOpened
from turnout.domain.health.health_record import HealthRecord
from turnout.domain.inference.failure import DISPOSITIONS, FailureKind, ProviderFailure
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import DeploymentId

ID = DeploymentId("p/m")
LIMITS = CircuitLimits(strikes_to_open=2, open_seconds=10)
OVERLOADED = ProviderFailure(FailureKind.OVERLOADED, "busy")


def broken(now: float = 0.0) -> HealthRecord:
    record = HealthRecord(ID, LIMITS)
    record.failed(OVERLOADED, now, 0.1)
    record.failed(OVERLOADED, now, 0.1)
    return record


def test_an_open_circuit_admits_nothing_until_its_wait_is_over() -> None:
    record = broken()
    assert record.collect() == (CircuitOpened(ID, 10),)
    assert not record.admits(9.9)
    assert record.admits(10)


def test_an_open_circuit_admits_one_probe_after_its_wait() -> None:
    record = broken()
    record.begin_probe(10)
    assert not record.admits(11)
    with pytest.raises(DomainError, match="admits no request now"):
        record.begin_probe(11)


def test_a_good_probe_closes() -> None:
    record = broken()
    record.begin_probe(10)
    record.collect()
    record.succeeded(11, 0.5)
    assert record.circuit == Closed()
    assert record.collect() == (CircuitClosed(ID),)


def test_a_probe_that_proved_nothing_leaves_its_place_to_the_next() -> None:
    record = broken()
    record.begin_probe(10)
    record.release_probe(11)
    assert record.admits(11)


def test_what_the_caller_did_wrong_is_no_evidence() -> None:
    record = HealthRecord(ID, LIMITS)
    for _ in range(10):
        record.failed(ProviderFailure(FailureKind.BAD_REQUEST, "no"), 0, 0.1)
    assert record.circuit == Closed()
    assert record.error_rate is None


def test_a_cooldown_is_never_made_shorter() -> None:
    record = HealthRecord(ID, LIMITS)
    for seconds in (30.0, 5.0):
        record.failed(
            ProviderFailure(FailureKind.RATE_LIMITED, "slow", retry_after_seconds=seconds), 100, 0.1
        )
    assert record.cooldown_until_seconds == 130
    assert not record.admits(129)
    assert record.admits(130)


def test_the_error_rate_is_of_the_evidence() -> None:
    record = broken()
    record.succeeded(1, 0.1)
    assert record.error_rate == pytest.approx(2 / 3)


class Life(RuleBasedStateMachine):
    """Whatever happens in whatever order, at most one probe is under way."""

    def __init__(self) -> None:
        super().__init__()
        self.record = HealthRecord(ID, LIMITS)
        self.now = 0.0

    @rule(seconds=st.floats(0, 20))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(kind=st.sampled_from(FailureKind))
    def fail(self, kind: FailureKind) -> None:
        before = self.record.circuit
        self.record.failed(ProviderFailure(kind, "x"), self.now, 0.1)
        if not DISPOSITIONS[kind].hurts_health and isinstance(before, Closed):
            assert self.record.circuit == before

    @rule()
    def succeed(self) -> None:
        self.record.succeeded(self.now, 0.1)
        assert self.record.admits(self.now)

    @rule()
    def probe(self) -> None:
        if self.record.admits(self.now):
            was_open = isinstance(self.record.circuit, Open)
            self.record.begin_probe(self.now)
            assert isinstance(self.record.circuit, HalfOpen) is was_open
        else:
            with pytest.raises(DomainError):
                self.record.begin_probe(self.now)

    @invariant()
    def a_probe_excludes_all_others(self) -> None:
        if isinstance(self.record.circuit, HalfOpen):
            assert not self.record.admits(self.now)


TestLife = Life.TestCase
