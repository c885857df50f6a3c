from typing import Any

import pytest

from turnout.application.rehearsal.conduct import Conduct, Moment
from turnout.application.rehearsal.demand import DAILY_CURVE
from turnout.application.rehearsal.spread import Spread
from turnout.domain.inference.failure import FailureKind
from turnout.interfaces.rehearsal.planned import MEANINGS, conducts_of, demand_of
from turnout.interfaces.rehearsal.scenario import RehearsalScenario, read_rehearsal
from turnout.interfaces.simulator.fields import FieldFault


def scenario(north: dict[str, Any] | None = None, **traffic: Any) -> RehearsalScenario:
    content = {"description": "A test.", "providers": {"north": north or {}}, "traffic": traffic}
    return read_rehearsal(content, "tried")


def test_what_is_not_said_is_usual() -> None:
    assert conducts_of(scenario()) == {"north": (Conduct(), ())}


def test_a_conduct_is_as_told() -> None:
    told = {
        "first_token_seconds": {"median": 1, "p95": 3},
        "tokens_per_second": 50,
        "faults": ["overloaded", "stall=7"],
        "share": 0.25,
        "retry_after_seconds": 30,
        "at_once": 5,
        "requests_per_minute": 600,
    }
    conduct, _ = conducts_of(scenario(told))["north"]
    assert conduct.first_token_seconds == Spread(1, 3)
    assert conduct.tokens_per_second == Spread(50, 50)
    assert (conduct.fault_share, conduct.retry_after_seconds) == (0.25, 30)
    assert (conduct.at_once, conduct.requests_per_minute) == (5, 600)
    overloaded, stalled = conduct.faults
    assert (overloaded.kind, overloaded.moment) == (FailureKind.OVERLOADED, Moment.AT_ONCE)
    assert (stalled.moment, stalled.tokens) == (Moment.STALL, 7)


def test_a_spell_changes_the_usual_conduct_for_its_time() -> None:
    spell = {"from": "10:00", "to": "10:20", "faults": "reset", "slower": 2}
    usual, (changed,) = conducts_of(scenario({"at_once": 5, "spells": [spell]}))["north"]
    assert (changed.name, changed.from_seconds, changed.to_seconds) == ("reset", 36_000, 37_200)
    assert (changed.conduct.fault_share, changed.conduct.slower) == (1.0, 2.0)
    assert changed.conduct.at_once == usual.at_once == 5


def test_a_day_is_as_busy_as_its_hours() -> None:
    day = demand_of(scenario(), 100, day=True)
    assert (day.requests, day.seconds, day.curve) == (100, 86_400.0, DAILY_CURVE)
    own = demand_of(scenario(curve=[1, 2], stream_share=0.5, prompt_tokens=9), 100, day=True)
    assert (own.curve, own.stream_share, own.prompt_tokens) == ((1, 2), 0.5, Spread(9, 9))


def test_what_is_no_day_comes_at_an_even_pace() -> None:
    hour = demand_of(scenario(per_second=10, starts="09:30"), 36_000, day=False)
    assert (hour.seconds, hour.from_seconds, hour.curve) == (3_600.0, 34_200.0, (1.0,))


@pytest.mark.parametrize(
    ("north", "field"),
    [
        ({"faults": "no_done"}, "providers.north.faults"),
        ({"faults": ["surprise"]}, "providers.north.faults"),
        ({"faults": "stall"}, "providers.north.faults"),
        (
            {"first_token_seconds": {"median": 2, "p95": 1}},
            "providers.north.first_token_seconds.p95",
        ),
        (
            {"spells": [{"from": "1:00", "to": "2:00", "faults": "x"}]},
            "providers.north.spells[0].faults",
        ),
    ],
)
def test_faults_are_told_by_their_field(north: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldFault) as fault:
        conducts_of(scenario(north))
    assert fault.value.field == field


def test_a_curve_of_nothing_is_refused() -> None:
    with pytest.raises(FieldFault, match=r"traffic\.curve"):
        demand_of(scenario(curve=[0, 0]), 100, day=True)


def test_every_meaning_is_a_failure_that_the_relay_knows() -> None:
    assert {fault.kind for fault in MEANINGS.values()} <= set(FailureKind)
