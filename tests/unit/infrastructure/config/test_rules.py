import pytest

from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.probe_rules import ProbeKind, ProbeRules
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.stickiness import Stickiness, StickyBy
from turnout.domain.shared.errors import DomainError
from turnout.infrastructure.config.rule_sections import (
    CircuitSettings,
    HedgeSettings,
    ProbeSettings,
    StickySettings,
)
from turnout.infrastructure.config.rules import hedge_of, rules_of, stickiness_of


def test_a_provider_comes_before_what_holds_for_all_and_that_before_the_default() -> None:
    usual = CircuitSettings(strikes_to_open=3, open_seconds=5)
    own = CircuitSettings(open_seconds=7)
    assert rules_of(CircuitLimits, own, usual) == CircuitLimits(strikes_to_open=3, open_seconds=7)
    assert rules_of(CircuitLimits, CircuitSettings(), CircuitSettings()) == CircuitLimits()


def test_a_key_given_as_nothing_is_the_default_again() -> None:
    usual = CircuitSettings(slow_seconds=3, strikes_to_open=9)
    own = CircuitSettings(slow_seconds=None, strikes_to_open=None)
    assert rules_of(CircuitLimits, own, usual) == CircuitLimits()


def test_only_what_is_given_replaces() -> None:
    usual = ProbeSettings(kind=ProbeKind.CONNECT, interval_seconds=90)
    own = ProbeSettings(kind=ProbeKind.OFF)
    assert rules_of(ProbeRules, own, usual) == ProbeRules(ProbeKind.OFF, 90)


def test_rules_that_fit_each_alone_and_not_together_are_refused() -> None:
    with pytest.raises(DomainError, match="open_seconds_cap"):
        rules_of(CircuitLimits, CircuitSettings(open_seconds=400), CircuitSettings())


def test_chains_hedge_and_stick_only_where_they_say_so() -> None:
    assert hedge_of(None) is None
    assert hedge_of(HedgeSettings(after_seconds=2)) == HedgeRules(2)
    assert hedge_of(HedgeSettings()) == HedgeRules()
    assert stickiness_of(None) is None
    assert stickiness_of(StickySettings()) == Stickiness(StickyBy.PROMPT_PREFIX)
    with pytest.raises(DomainError, match=r"sticky\.header"):
        stickiness_of(StickySettings(by=StickyBy.HEADER))
