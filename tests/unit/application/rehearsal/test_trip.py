from dataclasses import replace

import pytest
from tests.support.rehearsals import EVEN, STEADY, rehearsal

from turnout.application.rehearsal.conduct import Conduct, Fault, Moment
from turnout.application.rehearsal.policies import AS_CONFIGURED, Policies
from turnout.application.rehearsal.rehearse import Rehearsal
from turnout.application.rehearsal.spread import Spread
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.catalog.provider import Provider
from turnout.domain.inference.failure import FailureKind
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.shared.ids import DeploymentId

FEW = replace(EVEN, requests=4, stream_share=1.0)
NORTH, SOUTH = DeploymentId("north/model"), DeploymentId("south/model")
CUT = Fault(FailureKind.TRANSPORT, Moment.CUT, tokens=5)


def always(fault: Fault) -> Conduct:
    return replace(STEADY, faults=(fault,), fault_share=1.0)


def test_an_answer_counts_from_when_the_request_came() -> None:
    tally = rehearsal({"north": STEADY}).run(FEW, AS_CONFIGURED)
    assert tally.seconds.percentile(1.0) == pytest.approx(0.5 + 11 / 10, rel=0.02)
    assert tally.first_token_seconds.percentile(1.0) == pytest.approx(0.5, rel=0.02)
    assert tally.attempts == {1: 4}


def test_a_failed_attempt_and_its_wait_are_part_of_the_time() -> None:
    down = replace(always(Fault(FailureKind.AUTH)), error_seconds=2.0)
    tally = rehearsal({"north": down, "south": STEADY}).run(FEW, AS_CONFIGURED)
    assert tally.attempts == {2: 4}
    assert tally.first_token_seconds.percentile(1.0) == pytest.approx(2.5, rel=0.02)
    assert tally.deployments[NORTH].failures == {FailureKind.AUTH: 4}


def test_whoever_is_refused_is_told_the_last_failure() -> None:
    north, south = always(Fault(FailureKind.AUTH)), always(Fault(FailureKind.TRANSPORT))
    tally = rehearsal({"north": north, "south": south}).run(FEW, AS_CONFIGURED)
    assert tally.refusals == {"transport": 4}
    assert tally.availability == 0


def test_a_failure_that_ends_it_is_not_taken_elsewhere() -> None:
    bad = always(Fault(FailureKind.BAD_REQUEST))
    tally = rehearsal({"north": bad, "south": STEADY}).run(FEW, AS_CONFIGURED)
    assert (tally.refusals, tally.attempts) == ({"bad_request": 4}, {1: 4})


def test_a_stream_that_breaks_off_is_rescued_by_another() -> None:
    one = rehearsal({"north": always(CUT), "south": STEADY})
    rescued = one.run(FEW, AS_CONFIGURED)
    assert (rescued.answered, rescued.broken, rescued.attempts) == (4, 0, {2: 4})
    assert rescued.first_token_seconds.percentile(1.0) == pytest.approx(0.5, rel=0.02)
    assert rescued.deployments[NORTH].output_tokens == 4 * 5
    left = one.run(FEW, Policies(rescue=False))
    assert (left.answered, left.broken) == (0, 4)


def test_a_whole_answer_that_breaks_off_is_tried_elsewhere() -> None:
    whole = replace(FEW, stream_share=0.0)
    tally = rehearsal({"north": always(CUT), "south": STEADY}).run(whole, AS_CONFIGURED)
    assert (tally.answered, tally.first_token_seconds.count) == (4, 0)


def test_a_slow_first_token_is_hedged_and_the_loser_called_off() -> None:
    slow = replace(STEADY, first_token_seconds=Spread(4.0, 4.0))
    one = rehearsal({"north": slow, "south": STEADY})
    hedge = HedgeRules(after_seconds=1.0, most_share=1.0)
    hedged = replace(one, route=replace(one.route, hedge=hedge))
    tally = hedged.run(FEW, AS_CONFIGURED)
    assert tally.attempts == {2: 4}
    assert tally.first_token_seconds.percentile(1.0) == pytest.approx(1.5, rel=0.02)
    assert tally.deployments[SOUTH].answered == 4
    assert tally.deployments[NORTH].input_tokens == 4 * 101
    alone = hedged.run(FEW, Policies(hedging=False))
    assert alone.first_token_seconds.percentile(1.0) == pytest.approx(4.0, rel=0.02)


def test_of_two_that_fail_side_by_side_the_request_goes_on_once() -> None:
    late = replace(always(Fault(FailureKind.OVERLOADED)), error_seconds=3.0)
    one = rehearsal({"north": late, "south": late, "east": STEADY})
    hedge = HedgeRules(after_seconds=1.0, most_share=1.0)
    tally = replace(one, route=replace(one.route, hedge=hedge)).run(FEW, AS_CONFIGURED)
    assert (tally.answered, tally.attempts) == (4, {3: 4})


def test_who_finds_no_room_waits_in_line_and_is_told_in_the_end() -> None:
    slow = replace(STEADY, first_token_seconds=Spread(6.0, 6.0))
    full = with_limit(rehearsal({"north": slow}), ConcurrencyRules(most=2, queue_seconds=5.0))
    crowd = replace(FEW, requests=8, seconds=0.1)
    tally = full.run(crowd, AS_CONFIGURED)
    assert (tally.answered, tally.refusals) == (2, {"no_room": 6})
    patient = with_limit(full, ConcurrencyRules(most=2, queue_seconds=60.0))
    tally = patient.run(crowd, AS_CONFIGURED)
    assert tally.answered == 8
    assert tally.seconds.percentile(1.0) == pytest.approx(28.4, rel=0.02)
    assert full.run(crowd, Policies(limits=False)).answered == 8


def with_limit(one: Rehearsal, rules: ConcurrencyRules) -> Rehearsal:
    providers = {
        id: Provider(id, replace(each.settings, concurrency=rules))
        for id, each in one.providers.items()
    }
    return replace(one, providers=providers)


def test_the_deadline_ends_a_request() -> None:
    one = rehearsal({"north": always(Fault(FailureKind.TIMEOUT, Moment.SILENT))})
    hurried = replace(one, route=replace(one.route, deadline_seconds=3.0))
    tally = hurried.run(FEW, AS_CONFIGURED)
    assert tally.refusals == {"timeout": 4}
