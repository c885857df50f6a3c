"""Error budgets, seen through two windows."""

import pytest

from turnout.domain.alerting.burn import BurnRules, BurnWindow, Calls
from turnout.domain.shared.errors import DomainError

RULES = BurnRules(objective=0.99, least_calls=50, windows=(BurnWindow(300, 3600, 10.0),))


def burning(long: Calls, short: Calls) -> bool:
    return RULES.burning({3600.0: long, 300.0: short}.__getitem__) is not None


def test_a_rate_of_one_just_uses_the_budget_up() -> None:
    assert RULES.rate(Calls(1000, 10)) == pytest.approx(1.0)
    assert RULES.rate(Calls()) == 0.0


def test_both_windows_have_to_burn() -> None:
    bad, good = Calls(100, 20), Calls(100, 1)
    assert burning(bad, bad)
    assert not burning(bad, good), "the trouble is over"
    assert not burning(good, bad), "a blip"


def test_of_few_calls_nothing_can_be_said() -> None:
    assert not burning(Calls(49, 49), Calls(49, 49))
    assert burning(Calls(50, 50), Calls(1, 1))


def test_the_usual_windows_tell_of_two_percent_against_three_nines() -> None:
    found = BurnRules().burning(lambda seconds: Calls(1000, 20))
    assert found is not None
    window, rate = found
    assert (window.short_seconds, window.long_seconds) == (300.0, 3600.0)
    assert rate == pytest.approx(20.0)


def test_a_slow_burn_is_told_by_the_second_pair() -> None:
    found = BurnRules().burning(lambda seconds: Calls(1000, 8))
    assert found is not None
    assert found[0].long_seconds == 21_600.0


def test_calls_are_added_up() -> None:
    assert Calls(3, 1) + Calls(2, 2) == Calls(5, 3)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: BurnWindow(60, 60, 1), "alert.windows"),
        (lambda: BurnWindow(60, 120, 0), "alert.not_positive"),
        (lambda: BurnRules(objective=1.0), "alert.objective"),
        (lambda: BurnRules(least_calls=0), "alert.too_small"),
    ],
)
def test_what_cannot_be_is_refused(make: object, code: str) -> None:
    assert callable(make)
    with pytest.raises(DomainError) as refused:
        make()
    assert refused.value.code == code
