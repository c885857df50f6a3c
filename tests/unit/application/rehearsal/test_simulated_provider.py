from dataclasses import replace
from random import Random

import pytest
from tests.support.rehearsals import STEADY

from turnout.application.rehearsal.conduct import Conduct, Conducts, Fault, Moment
from turnout.application.rehearsal.demand import Call
from turnout.application.rehearsal.simulated_provider import Reaction, SimulatedProvider
from turnout.application.rehearsal.spread import Spread
from turnout.domain.catalog.timeouts import AttemptLimits
from turnout.domain.inference.capability import Requirement
from turnout.domain.inference.failure import FailureKind
from turnout.domain.routing.asked import Asked

LIMITS = AttemptLimits(first_token_seconds=5.0, between_tokens_seconds=8.0, total_seconds=60.0)
STREAM = Call(100.0, Asked(Requirement(frozenset(), 30), True, "tenant"), 20)
WHOLE = Call(100.0, Asked(Requirement(frozenset(), 30), False, "tenant"), 20)


def made(conduct: Conduct) -> SimulatedProvider:
    return SimulatedProvider(Conducts(conduct, ()), Random(1).random)


def reaction(conduct: Conduct, call: Call = STREAM, left_seconds: float = 600.0) -> Reaction:
    return made(conduct).react(call, 100.0, LIMITS, left_seconds)


def kind(reacted: Reaction) -> FailureKind | None:
    return None if reacted.failure is None else reacted.failure.kind


def with_fault(fault: Fault) -> Conduct:
    return replace(STEADY, faults=(fault,), fault_share=1.0)


def test_an_answer_takes_its_time() -> None:
    reacted = reaction(STEADY)
    assert (reacted.first_at_seconds, reacted.tokens, reacted.failure) == (100.5, 20, None)
    assert reacted.ends_at_seconds == pytest.approx(102.5)


def test_a_slower_provider_takes_more() -> None:
    assert reaction(replace(STEADY, slower=2.0)).ends_at_seconds == pytest.approx(105.0)


def test_a_crowd_makes_it_slower_in_proportion() -> None:
    crowded = made(replace(STEADY, at_once=1))
    first, second = (crowded.react(STREAM, 100.0, LIMITS, 600.0) for _ in range(2))
    crowded.over()
    third = crowded.react(STREAM, 100.0, LIMITS, 600.0)
    assert first.ends_at_seconds == pytest.approx(102.5)
    assert second.ends_at_seconds == third.ends_at_seconds == pytest.approx(105.0)


def test_an_error_comes_at_once_and_tells_when_to_come_again() -> None:
    fault = Fault(FailureKind.OVERLOADED, status=503)
    reacted = reaction(replace(with_fault(fault), error_seconds=0.1, retry_after_seconds=7.0))
    assert reacted.ends_at_seconds == pytest.approx(100.1)
    assert reacted.first_at_seconds is None
    assert reacted.failure is not None
    assert (reacted.failure.kind, reacted.failure.status) == (FailureKind.OVERLOADED, 503)
    assert reacted.failure.retry_after_seconds == 7.0


def test_beyond_the_minutes_requests_it_is_said_when_the_next_begins() -> None:
    limited = made(replace(STEADY, requests_per_minute=1))
    first, second = (limited.react(STREAM, 100.0, LIMITS, 600.0) for _ in range(2))
    assert (kind(first), kind(second)) == (None, FailureKind.RATE_LIMITED)
    assert second.failure is not None
    assert second.failure.retry_after_seconds == 20.0
    assert kind(limited.react(STREAM, 120.0, LIMITS, 600.0)) is None


@pytest.mark.parametrize(("call", "ends_at"), [(STREAM, 105.0), (WHOLE, 160.0)])
def test_silence_lasts_as_long_as_the_relay_waits(call: Call, ends_at: float) -> None:
    reacted = reaction(with_fault(Fault(FailureKind.TIMEOUT, Moment.SILENT)), call)
    assert (kind(reacted), reacted.ends_at_seconds) == (FailureKind.TIMEOUT, ends_at)


def test_the_deadline_ends_it_sooner() -> None:
    reacted = reaction(with_fault(Fault(FailureKind.TIMEOUT, Moment.SILENT)), left_seconds=2.0)
    assert (kind(reacted), reacted.ends_at_seconds) == (FailureKind.TIMEOUT, 102.0)
    late = reaction(
        replace(with_fault(Fault(FailureKind.OVERLOADED)), error_seconds=9.0), STREAM, 2
    )
    assert (kind(late), late.ends_at_seconds) == (FailureKind.TIMEOUT, 102.0)


def test_a_cut_stream_has_begun_and_a_whole_answer_has_not() -> None:
    cut = with_fault(Fault(FailureKind.TRANSPORT, Moment.CUT, tokens=5))
    stream, whole = reaction(cut), reaction(cut, WHOLE)
    assert (kind(stream), stream.first_at_seconds) == (FailureKind.STREAM_BROKEN, 100.5)
    assert stream.tokens == 5
    assert stream.ends_at_seconds == pytest.approx(101.0)
    assert (kind(whole), whole.first_at_seconds) == (FailureKind.TRANSPORT, None)


def test_a_stall_is_noticed_when_the_next_token_is_overdue() -> None:
    stalled = reaction(with_fault(Fault(FailureKind.TIMEOUT, Moment.STALL, tokens=5)))
    assert (kind(stalled), stalled.ends_at_seconds) == (FailureKind.STREAM_BROKEN, 109.0)


def test_what_takes_too_long_is_given_up() -> None:
    slow = replace(STEADY, tokens_per_second=Spread(0.1, 0.1))
    stream, whole = reaction(slow), reaction(slow, WHOLE)
    assert (kind(stream), stream.ends_at_seconds) == (FailureKind.STREAM_BROKEN, 160.0)
    assert (kind(whole), whole.ends_at_seconds) == (FailureKind.TIMEOUT, 160.0)


def test_of_several_faults_each_strikes_in_its_share() -> None:
    faults = (Fault(FailureKind.OVERLOADED), Fault(FailureKind.TRANSPORT))
    provider = made(replace(STEADY, faults=faults, fault_share=0.5))
    kinds = [kind(provider.react(STREAM, 100.0, LIMITS, 600.0)) for _ in range(4_000)]
    for each, share in ((None, 0.5), (faults[0].kind, 0.25), (faults[1].kind, 0.25)):
        assert kinds.count(each) / 4_000 == pytest.approx(share, abs=0.03)
