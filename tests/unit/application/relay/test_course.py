from collections.abc import Callable

import pytest
from tests.support.gateways import deployment

from turnout.application.relay.balancer import Balancer
from turnout.application.relay.course import LEAST_SECONDS, Course, Steering
from turnout.application.relay.health_board import HealthBoard
from turnout.application.relay.load_board import LoadBoard
from turnout.domain.inference.capability import Requirement
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.routing.asked import Asked
from turnout.domain.routing.retry import Backoff
from turnout.domain.routing.retry_budget import RetryBudget
from turnout.domain.routing.route import Route
from turnout.domain.routing.route_plan import PlannedTarget, RoutePlan

NOW = 1000.0
ASKED = Asked(Requirement(frozenset()), streamed=False, tenant="tests")


def failure(kind: FailureKind, retry_after_seconds: float | None = None) -> ProviderFailure:
    return ProviderFailure(kind, "", retry_after_seconds=retry_after_seconds)


BUSY = failure(FailureKind.OVERLOADED)
SILENT = failure(FailureKind.TIMEOUT)
LIMITED = failure(FailureKind.RATE_LIMITED)
TOO_LONG = failure(FailureKind.CONTEXT_TOO_LONG)
REFUSED = failure(FailureKind.CONTENT_REFUSED)


def target(name: str, tier: int, window: int | None = None) -> PlannedTarget:
    return PlannedTarget(deployment(name, window=window), tier, name)


def tiers(*names: str) -> list[PlannedTarget]:
    """One target per letter, one tier per word."""
    return [target(name, tier) for tier, row in enumerate(names) for name in row]


def course(
    targets: list[PlannedTarget],
    health: HealthBoard | None = None,
    budget: RetryBudget | None = None,
    max_attempts: int = 6,
    left_seconds: float = 60.0,
) -> Course:
    steering = Steering(
        health or HealthBoard(),
        Balancer(LoadBoard(), lambda: 0.5),
        budget or RetryBudget(),
        lambda: 0.5,
        Backoff(),
    )
    route = Route("r", (), max_attempts=max_attempts)
    plan = RoutePlan("r", tuple(targets), ())
    return Course(route, plan, steering, NOW + left_seconds, ASKED)


def board(**cooldowns: float) -> HealthBoard:
    """Tell for how many seconds from now each target must be left alone."""
    health = HealthBoard()
    for name, seconds in cooldowns.items():
        record = health.of(deployment(name).id)
        record.failed(failure(FailureKind.RATE_LIMITED, seconds), NOW, 0.1)
    return health


def name(found: PlannedTarget | None) -> str | None:
    return found.via if found else None


def walked(on: Course, failing: ProviderFailure, now: float = NOW) -> list[str]:
    """Return the targets that are tried when each of them fails."""
    names = []
    while (found := on.next(now)) is not None:
        names.append(found.via)
        now += on.failed(failing, now) or 0.0
    return names


def test_tiers_come_one_after_the_other_and_end() -> None:
    assert walked(course(tiers("ab", "c")), SILENT) == ["a", "b", "c"]


def test_the_first_target_gets_a_second_try_and_no_other() -> None:
    assert walked(course(tiers("a", "b", "cd")), BUSY) == ["a", "a", "b", "c", "d", "d"]


def test_with_nowhere_else_what_passes_is_waited_for_to_the_last_attempt() -> None:
    on = course(tiers("a"), max_attempts=3)
    assert walked(on, LIMITED) == ["a", "a", "a"]
    assert on.failed(LIMITED, NOW) is None


def test_what_another_would_refuse_too_is_the_end() -> None:
    assert walked(course(tiers("a", "b")), REFUSED) == ["a"]


def test_after_a_prompt_too_long_only_larger_or_unknown_windows_are_left() -> None:
    windows = {"a": 100, "b": 100, "c": 50, "d": 200, "e": None}
    on = course([target(name, 0, window) for name, window in windows.items()])
    assert walked(on, TOO_LONG) == ["a", "d", "e"]


def test_what_health_does_not_admit_is_passed_over() -> None:
    on = course(tiers("ab", "c"), board(a=10, b=10))
    assert walked(on, SILENT) == ["c"]
    assert not on.last_resort


def test_health_is_asked_when_a_tier_has_its_turn() -> None:
    health = board(c=10)
    on = course(tiers("ab", "c"), health)
    assert (name(on.next(NOW)), on.failed(SILENT, NOW)) == ("a", None)
    health.of(deployment("b").id).failed(failure(FailureKind.RATE_LIMITED, 10), NOW, 0.1)
    assert name(on.next(NOW + 9)) is None
    assert name(on.next(NOW + 10)) is None


def test_where_none_is_admitted_the_first_to_recover_is_the_last_resort() -> None:
    on = course(tiers("ab", "c"), board(a=30, b=20, c=25))
    assert walked(on, BUSY) == ["b"]
    assert (on.last_resort, on.unavailable_seconds(NOW)) == (True, 20)


def test_a_retry_needs_budget_and_time() -> None:
    assert walked(course(tiers("a"), budget=RetryBudget(reserve=0.0)), BUSY) == ["a"]
    on = course(tiers("a"), left_seconds=3.0)
    assert on.next(NOW) is not None
    assert on.failed(failure(FailureKind.RATE_LIMITED, 5.0), NOW) is None


@pytest.mark.parametrize("move", [Course.next, lambda on, now: on.visit(on.plan.targets[0], now)])
def test_just_before_the_deadline_nothing_begins(
    move: Callable[[Course, float], PlannedTarget | None],
) -> None:
    assert not move(course(tiers("a"), left_seconds=LEAST_SECONDS / 2), NOW)


def test_a_probe_has_one_place() -> None:
    health = HealthBoard()
    record = health.of(deployment("a").id)
    for _ in range(20):
        record.failed(BUSY, NOW, 0.1)
    assert record.is_open
    later = NOW + 3600
    first, second = (course(tiers("a", "b"), health, left_seconds=7200) for _ in "12")
    assert [name(first.next(later)), name(second.next(later))] == ["a", "b"]


def test_while_one_is_under_way_another_can_be_had() -> None:
    on = course(tiers("ab"))
    first = on.next(NOW)
    assert on.has_another(NOW)
    second = on.next(NOW)
    assert (name(first), name(second), on.has_another(NOW)) == ("a", "b", False)
    assert on.next(NOW) is None


def test_of_two_under_way_the_one_that_is_lost_tells_what_the_request_cannot_have() -> None:
    on = course([target("a", 0, 100), target("b", 0), target("c", 0, 50)])
    first = on.next(NOW)
    assert first is not None
    assert name(on.next(NOW)) == "b"
    on.lost(first, TOO_LONG)
    assert not on.has_another(NOW)


def test_a_visit_counts_as_an_attempt_and_asks_health() -> None:
    targets = tiers("a", "b", "c")
    on = course(targets, board(b=10), max_attempts=2)
    on.next(NOW)
    assert [target.via for target in on.untried(NOW)] == ["b", "c"]
    assert [on.visit(target, NOW) for target in targets[1:]] == [False, True]
    assert not on.visit(targets[0], NOW)
    assert [target.via for target in on.tried] == ["a", "c"]
