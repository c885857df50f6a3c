from dataclasses import replace
from decimal import Decimal

import pytest
from tests.support.rehearsals import EVEN, STEADY, rehearsal

from turnout.application.rehearsal.conduct import Conduct, Fault, Spell
from turnout.application.rehearsal.policies import AS_CONFIGURED, Policies
from turnout.application.rehearsal.spread import Spread
from turnout.domain.inference.failure import FailureKind
from turnout.domain.shared.ids import DeploymentId

OVERLOADED = Fault(FailureKind.OVERLOADED, status=503)
DOWN = replace(STEADY, faults=(OVERLOADED,), fault_share=1.0)
SHAKY = replace(STEADY, faults=(OVERLOADED,), fault_share=0.2)
CHANCE = replace(SHAKY, first_token_seconds=Spread(0.3, 2.0))


def test_every_request_is_accounted_for_once() -> None:
    tally = rehearsal({"north": SHAKY, "south": SHAKY}).run(EVEN, AS_CONFIGURED)
    refused = tally.refusals.total()
    assert tally.requests == 1_000 == tally.answered + refused + tally.broken
    attempts = sum(number * times for number, times in tally.attempts.items())
    assert attempts == sum(each.attempts for each in tally.deployments.values())
    assert sum(each.answered for each in tally.deployments.values()) == tally.answered


def test_the_same_seed_gives_the_same_day_and_another_one_another() -> None:
    def came_of(seed: int) -> object:
        tally = rehearsal({"north": CHANCE, "south": CHANCE}, seed=seed).run(EVEN, AS_CONFIGURED)
        return tally.answered, tally.attempts, tally.seconds.counts

    assert came_of(1) == came_of(1)
    assert came_of(1) != came_of(2)


def test_every_run_meets_the_same_traffic() -> None:
    one = rehearsal({"north": SHAKY, "south": STEADY})
    runs = [one.run(EVEN, AS_CONFIGURED), one.run(EVEN, Policies(retries=False))]
    assert runs[0].hours == runs[1].hours


def test_an_outage_is_carried_by_the_next_provider() -> None:
    outage = (STEADY, (Spell("outage", 200.0, 500.0, DOWN),))
    one = rehearsal({"north": outage, "south": STEADY})
    carried = one.run(EVEN, AS_CONFIGURED)
    alone = one.run(EVEN, Policies(fallback=False))
    assert carried.availability == 1.0
    assert alone.availability == pytest.approx(0.7, abs=0.06)


def test_circuits_spare_the_provider_that_is_down() -> None:
    one = rehearsal({"north": DOWN, "south": STEADY})
    spared, asked = (
        one.run(EVEN, policies).deployments[DeploymentId("north/model")]
        for policies in (AS_CONFIGURED, Policies(circuits=False))
    )
    assert spared.circuit_openings > 0
    assert asked.circuit_openings == 0
    assert spared.attempts < asked.attempts / 5


def test_retries_help_where_there_is_nowhere_else_to_go() -> None:
    one = rehearsal({"north": replace(SHAKY, fault_share=0.05)})
    with_retries, without = (
        one.run(EVEN, policies) for policies in (AS_CONFIGURED, Policies(retries=False))
    )
    assert without.availability == pytest.approx(0.95, abs=0.03)
    assert with_retries.availability > without.availability


def test_dollars_are_those_of_all_tokens() -> None:
    tally = rehearsal({"north": STEADY}).run(EVEN, AS_CONFIGURED)
    assert tally.dollars == Decimal(1_000 * (101 * 1 + 11 * 2)) / 1_000_000


def test_a_provider_without_a_bound_is_as_fast_in_a_crowd() -> None:
    crowd = replace(EVEN, seconds=1.0)
    assert rehearsal({"north": STEADY}).run(crowd, AS_CONFIGURED).availability == 1.0
    slowed = replace(STEADY, at_once=10)
    assert rehearsal({"north": slowed}).run(crowd, AS_CONFIGURED).availability < 1.0


def test_the_usual_conduct_is_answered_in_usual_times() -> None:
    tally = rehearsal({"north": Conduct()}).run(EVEN, AS_CONFIGURED)
    assert tally.first_token_seconds.percentile(0.5) == pytest.approx(0.4, rel=0.15)


def test_a_thinner_day_meets_its_limits_as_often() -> None:
    limited = replace(STEADY, requests_per_minute=40)
    one = rehearsal({"north": limited, "south": STEADY})
    whole = one.run(EVEN, AS_CONFIGURED)
    half = one.thinned(0.5).run(replace(EVEN, requests=500), AS_CONFIGURED)
    shares = [
        run.deployments[DeploymentId("south/model")].answered / run.requests
        for run in (whole, half)
    ]
    assert shares[0] > 0.2
    assert shares[0] == pytest.approx(shares[1], abs=0.1)
