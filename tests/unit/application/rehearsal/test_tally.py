from decimal import Decimal

import pytest
from tests.support.rehearsals import provider

from turnout.application.rehearsal.tally import Tally, percentiles
from turnout.domain.catalog.deployment import Deployment

(PRICED,) = provider("priced").settings.deployments
UNPRICED = Deployment(PRICED.provider, "free", "free", PRICED.capabilities)


def test_requests_are_counted_by_their_end_and_their_hour() -> None:
    tally = Tally([PRICED])
    for at_seconds in (10.0, 3_700.0, 3_800.0, 3_900.0):
        tally.came(at_seconds)
    tally.begun(0.5)
    tally.was_answered(10.0, 12.0, 1)
    tally.was_answered(3_700.0, 3_704.0, 3)
    tally.was_broken(2)
    tally.was_refused("overloaded", 2)
    assert (tally.availability, tally.attempts_per_request) == (0.5, 2.0)
    assert [(hour.hour, hour.requests, hour.answered) for hour in tally.hours] == [
        (0, 1, 1),
        (1, 3, 1),
    ]
    assert percentiles(tally.seconds)["p50"] == pytest.approx(2.0, rel=0.01)
    assert percentiles(tally.first_token_seconds)["p99"] == pytest.approx(0.5, rel=0.01)


def test_tokens_cost_what_the_price_says() -> None:
    tally = Tally([PRICED])
    counted = tally.deployments[PRICED.id]
    counted.input_tokens, counted.output_tokens = 3_000_000, 1_000_000
    assert tally.dollars == counted.dollars == Decimal(5)


def test_without_a_price_the_cost_is_unknown() -> None:
    tally = Tally([PRICED, UNPRICED])
    assert tally.dollars is None


def test_of_nothing_there_is_nothing() -> None:
    tally = Tally([])
    assert (tally.availability, tally.attempts_per_request) == (0.0, 0.0)
    assert tally.dollars == 0
    assert percentiles(tally.seconds) == {"p50": None, "p95": None, "p99": None}
