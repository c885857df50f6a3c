from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.catalog.probe_rules import ProbeRules
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.stickiness import Stickiness, StickyBy
from turnout.interfaces.control.rule_bodies import (
    CircuitBody,
    ConcurrencyBody,
    HedgeBody,
    ProbeBody,
    StickyBody,
)


def test_an_empty_body_is_the_domains_defaults() -> None:
    assert CircuitBody().rules() == CircuitLimits()
    assert ProbeBody().rules() == ProbeRules()
    assert ConcurrencyBody().rules() == ConcurrencyRules()
    assert HedgeBody().rules() == HedgeRules()
    assert StickyBody().rules() == Stickiness(StickyBy.PROMPT_PREFIX)


def test_what_is_given_replaces_the_default() -> None:
    assert CircuitBody(slow_seconds=3.0).rules() == CircuitLimits(slow_seconds=3.0)
    assert ProbeBody(interval_seconds=5.0).rules() == ProbeRules(interval_seconds=5.0)
    assert ConcurrencyBody(adaptive=False).rules() == ConcurrencyRules(adaptive=False)
    assert HedgeBody(after_seconds=1.0).rules() == HedgeRules(after_seconds=1.0)
    by_header = StickyBody(by=StickyBy.HEADER, header="X-Session")
    assert by_header.rules() == Stickiness(StickyBy.HEADER, "X-Session")
