from math import inf
from typing import Any

import pytest
from tests.support.chaos import PROVIDERS, evidence, outcome, seen

from turnout.interfaces.chaos.evidence import Evidence, Window
from turnout.interfaces.chaos.metrics import answered_by, metric_named, percentile
from turnout.interfaces.chaos.outcome import Ending
from turnout.interfaces.simulator.fields import FieldFault

EVIDENCE = evidence(
    outcome(seconds=1.0, first_token_seconds=0.1),
    outcome(
        number=1, provider="backup", attempts=3, rescued=1, seconds=2.0, first_token_seconds=0.3
    ),
    outcome(Ending.REFUSED, 2, status=503, code="overloaded", retry_after="7", seconds=3.0),
    outcome(Ending.BROKEN, 3, code="stream_broken", seconds=4.0),
    outcome(Ending.LEFT, 4, seconds=5.0),
    outcome(Ending.REFUSED, 5, status=429, code="rate_limit_exceeded", attempts=2, seconds=6.0),
    backup=seen(4, aborted=2),
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("requests", 6),
        ("success_share", 0.4),
        ("answered_share.primary", 0.5),
        ("answered_share.backup", 0.5),
        ("ended.refused", 2),
        ("ended.cut", 0),
        ("status.503", 1),
        ("code.stream_broken", 1),
        ("attempts.mean", 1.5),
        ("attempts.most", 3),
        ("attempts.least", 1),
        ("seconds.p50", 3.0),
        ("seconds.most", 6.0),
        ("first_token_seconds.p95", 0.3),
        ("rescued_share", 1 / 6),
        ("shared_share", 0.0),
        ("retry_after_share", 0.5),
        ("upstream_requests.backup", 4),
        ("upstream_aborted.backup", 2),
        ("recovery_seconds.primary", inf),
    ],
)
def test_each_metric_is_a_number(name: str, value: float) -> None:
    assert metric_named(name, PROVIDERS, "metric")(EVIDENCE) == value


@pytest.mark.parametrize("name", ["success_share", "attempts.mean", "seconds.p50", "attempts.most"])
def test_no_requests_make_no_trouble(name: str) -> None:
    assert metric_named(name, PROVIDERS, "metric")(Evidence([], {}, [])) == 0


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("luck", "answered_share.PROVIDER"),
        ("ended.well", "ended.answered or ended.refused"),
        ("seconds", "seconds.p50 or"),
        ("success_share.primary", "success_share"),
        ("upstream_requests.third", "upstream_requests.primary or upstream_requests.backup"),
    ],
)
def test_an_unknown_metric_is_told_with_the_known_ones(name: str, expected: str) -> None:
    with pytest.raises(FieldFault) as caught:
        metric_named(name, PROVIDERS, "expect[0].metric")
    assert caught.value.field == "expect[0].metric"
    assert expected in caught.value.expected


def windows(*phases: tuple[str, bool, float]) -> tuple[Window, ...]:
    ends = [*(began for _, _, began in phases[1:]), inf]
    return tuple(
        Window("primary", name, healthy, began, end)
        for (name, healthy, began), end in zip(phases, ends, strict=True)
    )


@pytest.mark.parametrize(
    ("began", "seconds"), [({"began_seconds": 104.5}, 1.5), ({"began_seconds": 102.5}, inf)]
)
def test_recovery_is_from_the_return_to_the_first_answer(
    began: dict[str, Any], seconds: float
) -> None:
    phases = windows(("healthy", True, 100.0), ("down", False, 102.0), ("back", True, 103.0))
    other = Window("backup", "healthy", True, 100.0, inf)
    outcomes = (outcome(**began), outcome(number=1, provider="backup", began_seconds=103.1))
    found = evidence(*outcomes, windows=(*phases, other))
    assert metric_named("recovery_seconds.primary", PROVIDERS, "m")(found) == seconds


@pytest.mark.parametrize(
    ("share", "value"), [("p50", 5), ("p90", 9), ("p95", 10), ("p99", 10), ("most", 10)]
)
def test_percentiles_are_values_that_were_seen(share: str, value: float) -> None:
    assert percentile([float(number) for number in range(10, 0, -1)], share) == value
    assert percentile([], share) == 0.0


def test_answers_are_counted_by_provider() -> None:
    assert answered_by(EVIDENCE.outcomes) == {"primary": 1, "backup": 1}


def test_heartbeats_are_those_of_streams() -> None:
    found = evidence(
        outcome(heartbeats=3), outcome(number=1, heartbeats=1), outcome(number=2, streamed=False)
    )
    assert metric_named("heartbeats.least", PROVIDERS, "x")(found) == 1
    assert metric_named("heartbeats.most", PROVIDERS, "x")(found) == 3


def test_who_answers_the_same_question_is_counted_once() -> None:
    found = evidence(
        outcome(question="a"),
        outcome(number=1, question="a"),
        outcome(number=2, question="b", provider="backup"),
    )
    both = evidence(outcome(question="a"), outcome(question="a", provider="backup"))
    most = metric_named("providers_per_question.most", PROVIDERS, "x")
    assert (most(found), most(both)) == (1, 2)
