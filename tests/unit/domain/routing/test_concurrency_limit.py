from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.routing.concurrency_limit import (
    FLOOR,
    FORGOTTEN_SECONDS,
    LONGEST_ADVICE_SECONDS,
    ConcurrencyLimit,
)
from turnout.domain.shared.errors import DomainError

ADAPTIVE = ConcurrencyRules()
ROUND_SECONDS = 1.0


def filled(count: int, rules: ConcurrencyRules = ADAPTIVE) -> ConcurrencyLimit:
    limit = ConcurrencyLimit(rules)
    for _ in range(count):
        limit.enter()
    return limit


def refuse(limit: ConcurrencyLimit, began: float, now: float, times: int = 5) -> None:
    for _ in range(times):
        limit.refused(began, now, rate_limited=True)


def rounds(
    limit: ConcurrencyLimit, capacity: int, offered: int, count: int, first: int = 0
) -> list[int]:
    """Keep `offered` requests asking in rounds; return how many were refused in each."""
    refused: list[int] = []
    for each in range(first, first + count):
        began, now = each * ROUND_SECONDS, (each + 0.9) * ROUND_SECONDS
        sent = 0
        while sent < offered and limit.has_room:
            limit.enter()
            sent += 1
        over = max(0, sent - capacity)
        for _ in range(over):
            limit.refused(began, now, rate_limited=False)
            limit.leave(0.01)
        for _ in range(sent - over):
            limit.answered(began, now, 1.0)
            limit.leave(0.9)
        refused.append(over)
    return refused


def test_nothing_is_limited_before_the_provider_shows_a_limit() -> None:
    limit = filled(10_000)
    assert limit.most is None
    assert limit.has_room


def test_one_refusal_in_many_is_no_sign() -> None:
    limit = filled(100)
    for each in range(50):
        limit.refused(each, each, rate_limited=True)
        for _ in range(9):
            limit.answered(each, each, 1.0)
    assert limit.most is None


def test_refusals_leave_a_share_of_what_was_in_flight() -> None:
    limit = filled(100)
    refuse(limit, 0, 1)
    assert limit.most == 70
    assert not limit.has_room
    assert limit.was_rate_limited


def test_what_set_out_before_a_cut_cuts_no_more() -> None:
    limit = filled(100)
    refuse(limit, 0, 1, times=60)
    assert limit.most == 70


def test_a_few_are_always_let_in() -> None:
    limit = filled(100)
    for each in range(100):
        refuse(limit, each, each + 0.5)
    assert limit.most == FLOOR
    few = filled(FLOOR)
    refuse(few, 0, 1)
    assert few.most is None


def test_slow_first_tokens_are_a_sign_too() -> None:
    limit = filled(40)
    for _ in range(30):
        limit.answered(0, 1, 6.0)
    assert limit.most == 28
    assert not limit.was_rate_limited


def test_a_limit_that_is_used_grows_and_one_that_is_not_stays() -> None:
    limit = filled(20)
    refuse(limit, 0, 1)
    before = limit.most
    assert before == 14
    for _ in range(14 * 6):
        limit.answered(2, 3, 1.0)
    grown = limit.most
    assert grown is not None
    assert 15 <= grown <= 18
    for _ in range(13):
        limit.leave(1.0)
    for _ in range(100):
        limit.answered(2, 3, 1.0)
    assert limit.most == grown


def test_growth_is_slow_near_what_was_too_much_and_fast_after_a_long_calm() -> None:
    limit = filled(20)
    refuse(limit, 0, 1)
    steps = []
    for _ in range(4):
        before = limit.most or 0
        for _ in range(8 * before):
            limit.answered(2, 3, 1.0)
            if not limit.has_room:
                continue
            limit.enter()
        steps.append((limit.most or 0) - before)
    assert steps == sorted(steps)
    assert steps[-1] > 3 * steps[0]


def test_a_limit_that_is_not_needed_is_forgotten() -> None:
    limit = filled(20)
    refuse(limit, 0, 1)
    for _ in range(18):
        limit.leave(1.0)
    limit.answered(2, 1 + FORGOTTEN_SECONDS, 1.0)
    assert limit.most is not None
    limit.answered(2, 2 + FORGOTTEN_SECONDS, 1.0)
    assert limit.most is None


def test_without_adaptation_only_the_set_limit_holds() -> None:
    limit = filled(8, ConcurrencyRules(adaptive=False, most=8))
    assert not limit.has_room
    refuse(limit, 0, 1)
    assert limit.most == 8
    free = filled(8, ConcurrencyRules(adaptive=False))
    refuse(free, 0, 1)
    assert free.most is None


def test_new_rules_hold_for_what_is_in_flight() -> None:
    limit = filled(20)
    limit.revise(ConcurrencyRules(most=10))
    assert limit.most == 10
    assert not limit.has_room
    refuse(limit, 0, 1)
    assert limit.most == 10
    limit.revise(ConcurrencyRules(adaptive=False))
    assert limit.most is None


def test_a_full_limit_refuses_and_an_empty_one_too() -> None:
    limit = filled(2, ConcurrencyRules(most=2))
    with pytest.raises(DomainError, match="in flight"):
        limit.enter()
    limit.leave(1.0)
    limit.leave(1.0)
    with pytest.raises(DomainError):
        limit.leave(1.0)


@given(capacity=st.integers(6, 60), times=st.integers(2, 8))
def test_under_overload_few_are_refused_after_the_first_rounds(capacity: int, times: int) -> None:
    limit = ConcurrencyLimit(ADAPTIVE)
    refused = rounds(limit, capacity, capacity * times, 60)
    assert refused[0] == capacity * (times - 1)
    assert sum(refused[20:]) <= 0.3 * capacity * 40
    assert limit.most is not None
    assert limit.most >= min(capacity, FLOOR) / 2


def test_after_a_brownout_the_room_comes_back() -> None:
    limit = ConcurrencyLimit(ADAPTIVE)
    rounds(limit, 5, 100, 20)
    assert limit.most is not None
    assert limit.most < 10
    assert rounds(limit, 100, 100, 40, first=20) == [0] * 40
    assert limit.most >= 64


def test_advice_counts_who_is_ahead() -> None:
    limit = filled(8, ConcurrencyRules(most=8))
    assert limit.seconds_until_room(0) == 1.0
    for _ in range(8):
        limit.leave(16.0)
    assert 1.0 < limit.seconds_until_room(3) < limit.seconds_until_room(7)
    assert limit.seconds_until_room(10_000) == LONGEST_ADVICE_SECONDS


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 5), st.floats(0, 20)), max_size=300))
def test_whatever_happens_the_count_and_bounds_hold(
    steps: list[tuple[int, float, float]],
) -> None:
    limit, now, began = ConcurrencyLimit(ConcurrencyRules(most=30)), 0.0, deque[float]()
    for kind, passed, strain in steps:
        now += passed
        if kind == 0 and limit.has_room:
            limit.enter()
            began.append(now)
        elif kind == 1 and began:
            limit.leave(now - began.popleft())
        elif kind == 2 and began:
            limit.refused(began[0], now, rate_limited=True)
        elif began:
            limit.answered(began[-1], now, strain)
        assert limit.in_flight == len(began)
        assert limit.most is not None
        assert FLOOR <= limit.most <= 30
        assert limit.has_room == (limit.in_flight < limit.most)
