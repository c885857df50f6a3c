import json

import msgspec
import pytest
from tests.support.rehearsals import EVEN, STEADY, rehearsal

from turnout.application.rehearsal.policies import AS_CONFIGURED
from turnout.application.rehearsal.tally import Tally
from turnout.interfaces.rehearsal.report import run_of


def test_a_run_tells_all_that_was_counted() -> None:
    tally = rehearsal({"north": STEADY, "south": STEADY}).run(EVEN, AS_CONFIGURED)
    run = json.loads(msgspec.json.encode(run_of("as configured", tally, 1.234)))
    assert (run["requests"], run["answered"], run["availability"]) == (1_000, 1_000, 1.0)
    assert (run["attempts"], run["ran_seconds"]) == ({"1": 1_000}, 1.23)
    north, south = run["deployments"]
    assert (north["deployment"], north["share"], south["share"]) == ("north/model", 1.0, 0.0)
    assert run["dollars"] == north["dollars"]
    assert run["seconds"]["p50"] == pytest.approx(1.6, rel=0.02)
    assert sum(hour["requests"] for hour in run["hours"]) == 1_000


def test_the_worst_hours_are_those_with_most_failures() -> None:
    tally = Tally([])
    for hour, requests, answered in ((0, 10, 10), (1, 10, 5), (2, 10, 9), (3, 4, 4)):
        for number in range(requests):
            tally.came(hour * 3_600.0)
            if number < answered:
                tally.was_answered(hour * 3_600.0, hour * 3_600.0 + 1.0, 1)
    worst = run_of("x", tally, 0.0).worst_hours
    assert [(hour.hour, hour.availability) for hour in worst] == [(1, 0.5), (2, 0.9)]
