"""Who has which limits."""

from turnout.domain.governance.limit_rules import NO_LIMITS, LimitRules, of
from turnout.domain.governance.rate_limit import UNLIMITED, RateLimits

ONE, TWO = RateLimits(1), RateLimits(2)


def test_a_name_goes_before_everybody() -> None:
    rules = {"ads": ONE, "*": TWO}
    assert of(rules, "ads") == ONE
    assert of(rules, "ops") == TWO
    assert of({"ads": ONE}, "ops") == UNLIMITED


def test_rules_tell_whether_there_are_any() -> None:
    assert NO_LIMITS.is_empty
    assert not LimitRules(routes={"default": ONE}).is_empty
