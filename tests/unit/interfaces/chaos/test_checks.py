from typing import Any

import pytest
from msgspec.structs import replace
from tests.support.chaos import evidence, outcome, scenario, seen

from turnout.interfaces.chaos.checks import checks_of, dishonest_examples
from turnout.interfaces.chaos.evidence import Booked, Evidence
from turnout.interfaces.chaos.outcome import Ending

NOTHING: frozenset[str] = frozenset()
GOOD = (outcome(), outcome(number=1))


def missed(found: Evidence, **fields: Any) -> list[tuple[str, float]]:
    checks = checks_of(scenario(**fields), found, NOTHING)
    return [(check.what, check.found) for check in checks if check.held is False]


def test_all_promises_hold_where_all_is_well() -> None:
    assert missed(evidence(*GOOD)) == []


@pytest.mark.parametrize(
    ("found", "what", "number"),
    [
        (evidence(*GOOD, outcome(Ending.CUT, 2)), "requests that ended dishonestly", 1),
        (evidence(*GOOD, outcome(Ending.TRUNCATED, 2)), "requests that ended dishonestly", 1),
        (evidence(outcome(malformed_events=2)), "malformed events passed on", 2),
        (evidence(backup=seen(in_flight=1)), "requests left under way upstream", 1),
        (evidence(backup=seen(open_connections=12)), "connections left over", 4),
        (evidence(*GOOD, outcome(number=1)), "requests without an id of their own", 1),
        (evidence(outcome(request_id="")), "requests without an id of their own", 1),
        (evidence(*GOOD, backup=seen(1)), "attempts not accounted for", 1),
        (evidence(*GOOD, primary=seen(1)), "attempts not accounted for", 1),
    ],
)
def test_every_promise_can_be_broken(found: Evidence, what: str, number: float) -> None:
    assert missed(found) == [(what, number)]


def test_a_request_may_be_sent_again_on_a_new_connection_where_said() -> None:
    resent = evidence(*GOOD, primary=seen(3))
    assert missed(resent, resends_allowed=True) == []
    assert missed(evidence(*GOOD, primary=seen(5)), resends_allowed=True) != []


def test_what_nobody_could_see_is_not_asked_for() -> None:
    providers = {"primary": {}, "backup": {"reached_by": "nothing"}}
    assert missed(evidence(*GOOD, primary=seen(1)), providers=providers) == []


def test_expectations_are_checked_for_gateways_that_they_are_for() -> None:
    planned = scenario(
        {"metric": "requests", "equals": 3},
        {"metric": "requests", "equals": 3, "needs": ["rescue", "cache"]},
        {"metric": "requests", "equals": 3, "until": ["retries"]},
    )
    checks = checks_of(planned, evidence(*GOOD), frozenset({"retries", "cache"}))[-3:]
    assert [check.held for check in checks] == [False, None, None]
    assert [check.note for check in checks] == [
        "",
        "needs rescue",
        "until retries",
    ]
    assert checks[0].wanted == "3"


def test_examples_are_few_and_dishonest() -> None:
    outcomes = [outcome(), *(outcome(Ending.LOST, number) for number in range(1, 9))]
    assert [one.number for one in dishonest_examples(outcomes)] == [1, 2, 3]


def test_what_nobody_could_see_is_not_held_against_the_gateway() -> None:
    plan = scenario(
        {"metric": "upstream_requests.backup", "equals": 7},
        {"metric": "upstream_requests.primary", "equals": 7},
        {"metric": "success_share", "equals": 0, "during": "backup/down"},
        providers={"primary": {}, "backup": {"script": {"phases": [{"name": "down"}]}}},
    )
    found = replace(evidence(outcome()), unseen=frozenset({"backup"}))
    held = {check.what: (check.held, check.note) for check in checks_of(plan, found, frozenset())}
    assert held["upstream_requests.backup"] == (None, "backup cannot be seen from here")
    assert held["success_share during backup/down"] == (None, "backup cannot be seen from here")
    assert held["upstream_requests.primary"] == (False, "")
    assert held["requests left under way upstream"][0] is None
    assert held["requests that ended dishonestly"][0] is True


def judged(booked: Booked, **saw: Any) -> list[float]:
    """What the three checks of the ledger find of one provider."""
    shown = evidence(primary=seen(**saw))
    books = Evidence(shown.outcomes, shown.seen, shown.windows, books={"primary": booked})
    checks = {check.what: check for check in checks_of(scenario(), books, frozenset())}
    return [check.found for what, check in checks.items() if "ledger" in what]


def test_a_ledger_that_says_what_was_billed_is_right() -> None:
    assert judged(Booked(2, 0, 50, 0.5), tokens=50, dollars="0.5") == [0, 0, 0]


def test_nothing_may_be_missing_of_what_was_told() -> None:
    assert judged(Booked(2, 0, 30, 0.3), tokens=50, dollars="0.5") == [0, 20, pytest.approx(0.2)]


def test_nothing_may_be_in_the_ledger_that_nobody_bills() -> None:
    assert judged(Booked(2, 0, 60, 0.6), tokens=50, dollars="0.5") == [10, 0, pytest.approx(0.1)]


def test_of_attempts_that_told_nothing_a_whole_answer_each_may_be_missing() -> None:
    billed = {"tokens": 50, "dollars": "0.5", "largest_answer_tokens": 15}
    assert judged(Booked(2, 1, 30, 0.3), **billed) == [0, 5, 0]
    assert judged(Booked(2, 1, 35, 0.3), **billed) == [0, 0, 0]


def test_what_was_billed_for_broken_answers_may_be_missing() -> None:
    billed = {"tokens": 50, "dollars": "0.5", "broken_off_tokens": 20}
    assert judged(Booked(2, 0, 30, 0.3), **billed) == [0, 0, 0]


def test_a_ledger_that_cannot_be_read_is_not_held_to_anything() -> None:
    checks = checks_of(scenario(), evidence(), frozenset())
    held = {check.what: check.held for check in checks if "ledger" in check.what}
    assert set(held.values()) == {None}
