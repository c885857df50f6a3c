"""Rules and their defaults."""

import pytest

from turnout.domain.alerting.rule import DEFAULT_RULES, AlertRules, Rule, RuleName, Severity
from turnout.domain.shared.errors import DomainError


def test_every_rule_has_a_default() -> None:
    assert set(DEFAULT_RULES) == set(RuleName)
    assert all(AlertRules().watched(name) is not None for name in RuleName)


def test_a_rule_can_be_switched_off_alone_and_all_together() -> None:
    quiet = {**DEFAULT_RULES, RuleName.LATENCY: Rule(Severity.WARNING, enabled=False)}
    assert AlertRules(rules=quiet).watched(RuleName.LATENCY) is None
    assert AlertRules(rules=quiet).watched(RuleName.CIRCUIT_OPEN) is not None
    assert AlertRules(enabled=False).watched(RuleName.CIRCUIT_OPEN) is None


def test_a_rule_that_nothing_is_said_of_is_the_default() -> None:
    assert AlertRules(rules={}).watched(RuleName.LATENCY) == DEFAULT_RULES[RuleName.LATENCY]


def test_intervals_are_above_zero() -> None:
    with pytest.raises(DomainError, match="interval_seconds"):
        AlertRules(interval_seconds=0)
