"""One alert's states."""

from turnout.domain.alerting.alert import Alert, AlertState, Finding, found, missed
from turnout.domain.alerting.rule import Rule, RuleName, Severity

FINDING = Finding(RuleName.LATENCY, "openai/gpt-4o", "openai", "slow")
RULE = Rule(Severity.WARNING, for_seconds=60, keep_seconds=30)


def firing() -> Alert:
    pending = found(None, FINDING, RULE, 100.0)
    return found(pending, FINDING, RULE, 160.0)


def test_what_is_found_is_pending_until_it_has_lasted() -> None:
    pending = found(None, FINDING, RULE, 100.0)
    assert (pending.state, pending.since) == (AlertState.PENDING, 100.0)
    assert found(pending, FINDING, RULE, 159.9).state is AlertState.PENDING
    assert (firing().state, firing().fired_at) == (AlertState.FIRING, 160.0)


def test_what_need_not_last_fires_at_once() -> None:
    assert found(None, FINDING, Rule(Severity.PAGE), 1.0).state is AlertState.FIRING


def test_what_goes_before_it_fires_leaves_nothing() -> None:
    assert missed(found(None, FINDING, RULE, 100.0), RULE, 110.0) is None


def test_an_alert_is_kept_for_a_while_after_it_was_found_last() -> None:
    assert missed(firing(), RULE, 189.9) == firing()
    resolved = missed(firing(), RULE, 190.0)
    assert resolved is not None
    assert (resolved.state, resolved.resolved_at) == (AlertState.RESOLVED, 190.0)


def test_what_comes_again_within_that_time_is_the_same_alert() -> None:
    again = found(missed(firing(), RULE, 180.0), FINDING, RULE, 185.0)
    assert (again.fired_at, again.seen_at) == (160.0, 185.0)


def test_what_comes_again_later_is_a_new_one() -> None:
    resolved = missed(firing(), RULE, 300.0)
    again = found(resolved, FINDING, RULE, 400.0)
    assert (again.state, again.since, again.told_at) == (AlertState.PENDING, 400.0, None)


def test_a_rule_that_is_gone_ends_its_alerts_at_once() -> None:
    resolved = missed(firing(), None, 161.0)
    assert resolved is not None
    assert resolved.state is AlertState.RESOLVED


def test_an_alert_and_its_findings_have_one_fingerprint() -> None:
    assert firing().fingerprint == FINDING.fingerprint == "latency:openai/gpt-4o"
