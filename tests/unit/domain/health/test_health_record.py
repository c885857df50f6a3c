import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.health.circuit import Closed, HalfOpen, Open, Reason
from turnout.domain.health.events import (
    CircuitClosed,
    CircuitEvent,
    CircuitHalfOpened,
    CircuitOpened,
    CooldownBegun,
)
from turnout.domain.health.health_record import PROBES_TO_OPEN, HealthRecord
from turnout.domain.inference.failure import DISPOSITIONS, FailureKind, ProviderFailure
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import DeploymentId

ID = DeploymentId("p/m")
LIMITS = CircuitLimits(strikes_to_open=2, open_seconds=10)
RATES = CircuitLimits(strikes_to_open=1000, least_calls=10, window_seconds=60, open_seconds=10)
SLOW = CircuitLimits(slow_seconds=2, slow_rate_to_open=0.5, least_calls=4, open_seconds=10)
OVERLOADED = ProviderFailure(FailureKind.OVERLOADED, "busy")


def broken(now: float = 0.0, limits: CircuitLimits = LIMITS) -> HealthRecord:
    record = HealthRecord(ID, limits)
    for _ in range(limits.strikes_to_open):
        record.failed(OVERLOADED, now, 0.1)
    return record


def probed(now: float = 0.0) -> HealthRecord:
    record = HealthRecord(ID, LIMITS)
    for _ in range(PROBES_TO_OPEN):
        record.probe_failed(now)
    return record


def test_an_open_circuit_admits_nothing_until_its_wait_is_over() -> None:
    record = broken()
    assert record.collect() == (CircuitOpened(ID, 0, 10, 1, Reason.STRIKES),)
    assert not record.admits(9.9)
    assert record.admits(10)
    assert (record.moved_at_seconds, record.reason) == (0, Reason.STRIKES)


def test_an_open_circuit_admits_one_trial_after_its_wait() -> None:
    record = broken()
    record.collect()
    record.begin_probe(10)
    assert record.collect() == (CircuitHalfOpened(ID, 10),)
    assert not record.admits(11)
    with pytest.raises(DomainError, match="admits no request now"):
        record.begin_probe(11)


def test_a_good_trial_closes_and_what_was_seen_before_is_forgotten() -> None:
    record = broken()
    record.begin_probe(10)
    record.collect()
    record.succeeded(11, 0.5)
    assert record.circuit == Closed()
    assert record.collect() == (CircuitClosed(ID, 11, Reason.ANSWERED),)
    assert record.error_rate(11) is None


def test_a_failed_trial_opens_for_longer() -> None:
    record = broken()
    record.begin_probe(10)
    record.collect()
    record.failed(OVERLOADED, 11, 0.5)
    assert record.collect() == (CircuitOpened(ID, 11, 31, 2, Reason.TRIAL),)


def test_a_trial_that_proved_nothing_leaves_its_place_to_the_next() -> None:
    record = broken()
    record.begin_probe(10)
    record.release_probe(11)
    assert record.admits(11)
    assert record.circuit == Open(11, 1, Reason.STRIKES)


def test_what_the_caller_did_wrong_is_no_evidence() -> None:
    record = HealthRecord(ID, LIMITS)
    for _ in range(10):
        record.failed(ProviderFailure(FailureKind.BAD_REQUEST, "no"), 0, 0.1)
    assert record.circuit == Closed()
    assert record.error_rate(0) is None


def test_a_cooldown_is_never_made_shorter() -> None:
    record = HealthRecord(ID, LIMITS)
    for seconds in (30.0, 5.0, 30.5):
        record.failed(
            ProviderFailure(FailureKind.RATE_LIMITED, "slow", retry_after_seconds=seconds), 100, 0.1
        )
    assert record.cooldown_until_seconds == 130.5
    assert record.collect() == (CooldownBegun(ID, 100, 130),), "half a second more is no news"
    assert not record.admits(129)
    assert record.admits(130.5)


def test_half_of_many_calls_failing_opens_though_none_fail_in_a_row() -> None:
    record = HealthRecord(ID, RATES)
    for number in range(9):
        record.failed(OVERLOADED, number, 0.1) if number % 2 else record.succeeded(number, 0.1)
    assert record.circuit == Closed()
    record.failed(OVERLOADED, 9, 0.1)
    assert record.collect() == (CircuitOpened(ID, 9, 19, 1, Reason.ERROR_RATE),)


def test_failures_of_long_ago_do_not_open() -> None:
    record = HealthRecord(ID, RATES)
    for number in range(20):
        record.failed(OVERLOADED, number * 20, 0.1)
    assert record.circuit == Closed(20), "never ten of them within a minute"


def test_slow_answers_open_though_all_of_them_are_good() -> None:
    record = HealthRecord(ID, SLOW)
    for seconds in (1.0, 2.5, 1.0):
        record.succeeded(0, seconds)
    assert record.circuit == Closed()
    record.succeeded(1, 2.5)
    assert record.collect() == (CircuitOpened(ID, 1, 11, 1, Reason.SLOW_RATE),)


def test_no_call_is_slow_where_nobody_said_what_slow_is() -> None:
    record = HealthRecord(ID, CircuitLimits(least_calls=1))
    for _ in range(50):
        record.succeeded(0, 1000)
    assert record.circuit == Closed()


def test_one_answer_under_way_does_not_refute_a_rate() -> None:
    record = HealthRecord(ID, SLOW)
    for _ in range(4):
        record.succeeded(0, 3)
    record.succeeded(1, 3)
    record.succeeded(1, 0.1)
    assert record.is_open


def test_one_answer_refutes_strikes() -> None:
    record = broken()
    record.succeeded(1, 0.1)
    assert record.circuit == Closed()


def test_a_slow_trial_has_failed() -> None:
    record = HealthRecord(ID, SLOW)
    for _ in range(4):
        record.succeeded(0, 3)
    record.begin_probe(10)
    record.succeeded(14, 4)
    assert record.circuit == Open(34, 2, Reason.SLOW_RATE)
    record.begin_probe(34)
    record.succeeded(35, 1)
    assert not record.is_open
    assert record.admits(35)


def test_the_error_rate_is_of_the_window() -> None:
    record = HealthRecord(ID, RATES)
    record.failed(OVERLOADED, 0, 0.1)
    record.succeeded(50, 0.1)
    record.succeeded(50, 0.1)
    assert record.error_rate(50) == pytest.approx(1 / 3)
    assert record.error_rate(70) == 0
    assert record.error_rate(200) is None


def test_new_limits_hold_at_once() -> None:
    record = HealthRecord(ID, CircuitLimits(strikes_to_open=3))
    record.failed(OVERLOADED, 0, 0.1)
    record.heed(LIMITS)
    assert record.error_rate(0) == 1, "a window of the same length is kept"
    record.failed(OVERLOADED, 0, 0.1)
    assert record.is_open
    record.heed(CircuitLimits(window_seconds=10))
    assert record.error_rate(0) is None


def test_three_failed_probes_open() -> None:
    record = probed(5)
    assert record.collect() == (CircuitOpened(ID, 5, 15, 1, Reason.PROBE),)


def test_a_good_probe_between_forgives_the_failed_ones() -> None:
    record = HealthRecord(ID, LIMITS)
    for _ in range(PROBES_TO_OPEN - 1):
        record.probe_failed(0)
    record.probe_succeeded(1)
    record.probe_failed(2)
    assert record.circuit == Closed()


def test_a_good_probe_closes_what_a_probe_has_opened() -> None:
    record = probed()
    record.collect()
    record.probe_succeeded(1)
    assert record.collect() == (CircuitClosed(ID, 1, Reason.PROBE),)


def test_a_good_probe_leaves_alone_what_requests_have_opened() -> None:
    record = broken()
    record.probe_succeeded(1)
    assert record.circuit == Open(10)
    record.probe_succeeded(11)
    assert record.admits(11), "its wait is over: one request may try"
    assert record.circuit == Open(10)


def test_probes_that_go_on_failing_keep_it_open() -> None:
    record = probed()
    record.probe_failed(5)
    assert record.circuit == Open(10, 1, Reason.PROBE)
    record.probe_failed(12)
    assert record.circuit == Open(32, 2, Reason.PROBE)


def test_failed_probes_leave_alone_what_requests_have_opened() -> None:
    record = broken()
    for now in range(20):
        record.probe_failed(now)
    assert record.circuit == Open(10)


def test_what_another_process_has_opened_is_open_here() -> None:
    record = HealthRecord(ID, LIMITS)
    record.learn_opened(CircuitOpened(ID, 100, 120, 2, Reason.STRIKES))
    assert record.circuit == Open(120, 2, Reason.STRIKES)
    assert (record.moved_at_seconds, record.collect()) == (100, ())
    record.begin_probe(120)
    record.failed(OVERLOADED, 121, 0.1)
    assert record.circuit == Open(161, 3, Reason.TRIAL)


def test_the_longer_wait_of_two_holds() -> None:
    record = broken(100)
    record.learn_opened(CircuitOpened(ID, 100.1, 105, 1, Reason.ERROR_RATE))
    assert record.circuit == Open(110, 1, Reason.ERROR_RATE)


def test_what_is_older_than_the_last_move_here_is_no_news() -> None:
    record = broken(100)
    record.learn_closed(CircuitClosed(ID, 99, Reason.ANSWERED))
    assert record.is_open
    record.succeeded(101, 0.1)
    record.learn_opened(CircuitOpened(ID, 100.5, 130, 1, Reason.STRIKES))
    assert record.circuit == Closed()


def test_what_another_process_has_closed_is_closed_here() -> None:
    record = broken(100)
    record.collect()
    record.learn_closed(CircuitClosed(ID, 101, Reason.ANSWERED))
    assert record.circuit == Closed()
    assert (record.reason, record.error_rate(101), record.collect()) == (Reason.ANSWERED, None, ())


def test_strikes_are_kept_when_nothing_was_open() -> None:
    record = HealthRecord(ID, LIMITS)
    record.failed(OVERLOADED, 0, 0.1)
    record.learn_closed(CircuitClosed(ID, 1, Reason.ANSWERED))
    assert record.circuit == Closed(1)


def test_an_answer_outweighs_a_probe_of_another_process() -> None:
    record = HealthRecord(ID, LIMITS)
    record.succeeded(99.5, 0.1)
    record.learn_opened(CircuitOpened(ID, 100, 110, 1, Reason.PROBE))
    assert record.circuit == Closed()
    assert record.collect() == (CircuitClosed(ID, 100, Reason.ANSWERED),)


def test_an_answer_of_long_before_does_not() -> None:
    record = HealthRecord(ID, LIMITS)
    record.succeeded(90, 0.1)
    record.learn_opened(CircuitOpened(ID, 100, 110, 1, Reason.PROBE))
    assert record.is_open


def test_a_cooldown_of_another_process_holds_here() -> None:
    record = HealthRecord(ID, LIMITS)
    record.learn_cooldown(50)
    record.learn_cooldown(40)
    assert not record.admits(49)
    assert record.collect() == ()


class Life(RuleBasedStateMachine):
    """Whatever happens in whatever order, at most one trial is under way."""

    def __init__(self) -> None:
        super().__init__()
        limits = CircuitLimits(
            strikes_to_open=2, open_seconds=10, least_calls=5, slow_seconds=5, window_seconds=30
        )
        self.record = HealthRecord(ID, limits)
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

    @rule(seconds=st.sampled_from((0.1, 6.0)))
    def succeed(self, seconds: float) -> None:
        before = self.record.circuit
        self.record.succeeded(self.now, seconds)
        if isinstance(before, HalfOpen):
            assert isinstance(self.record.circuit, Closed) is (seconds < 5)

    @rule()
    def begin(self) -> None:
        if self.record.admits(self.now):
            was_open = isinstance(self.record.circuit, Open)
            self.record.begin_probe(self.now)
            assert isinstance(self.record.circuit, HalfOpen) is was_open
        else:
            with pytest.raises(DomainError):
                self.record.begin_probe(self.now)

    @rule(good=st.booleans())
    def probe(self, good: bool) -> None:
        before = self.record.circuit
        self.record.probe_succeeded(self.now) if good else self.record.probe_failed(self.now)
        if not isinstance(before, Closed) and before.reason is not Reason.PROBE:
            assert self.record.circuit == before, "requests opened it, requests close it"

    @rule(age=st.floats(0, 5), openings=st.integers(1, 3), reason=st.sampled_from(Reason))
    def hear_of_an_opening(self, age: float, openings: int, reason: Reason) -> None:
        at = self.now - age
        self.record.learn_opened(CircuitOpened(ID, at, at + 10 * openings, openings, reason))

    @rule(age=st.floats(0, 5))
    def hear_of_a_closing(self, age: float) -> None:
        self.record.learn_closed(CircuitClosed(ID, self.now - age, Reason.ANSWERED))

    @invariant()
    def a_trial_excludes_all_others(self) -> None:
        if isinstance(self.record.circuit, HalfOpen):
            assert not self.record.admits(self.now)

    @invariant()
    def the_circuit_never_moves_in_the_future(self) -> None:
        assert self.record.moved_at_seconds <= self.now

    @invariant()
    def every_event_tells_of_this_deployment(self) -> None:
        for event in self.record.collect():
            assert isinstance(event, CircuitEvent)
            assert event.deployment == ID

    @invariant()
    def it_opens_for_as_long_as_the_limits_say(self) -> None:
        if isinstance(self.record.circuit, Open):
            assert (
                self.record.circuit.until_seconds <= self.now + self.record.limits.open_seconds_cap
            )


TestLife = Life.TestCase
