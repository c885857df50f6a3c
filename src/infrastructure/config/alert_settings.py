"""From the section `alerts` of `turnout.yaml` to what the application works with."""

from collections.abc import Mapping

from turnout.application.ports.alerting import AlertSettings, Channel
from turnout.domain.alerting.burn import USUAL_WINDOWS, BurnRules, BurnWindow
from turnout.domain.alerting.rule import DEFAULT_RULES, AlertRules, LatencyRules, Rule, RuleName
from turnout.infrastructure.config.alert_sections import AlertChannel, AlertRule, RuleSet
from turnout.infrastructure.config.schema import Settings


def alert_settings_of(settings: Settings) -> AlertSettings:
    """Return what the application works with."""
    section = settings.alerts
    said = section.rules
    burn, latency = said.error_budget_burn, said.latency
    rules = AlertRules(
        enabled=section.enabled,
        interval_seconds=section.interval_seconds,
        group_seconds=section.group_seconds,
        reminder_seconds=section.reminder_seconds,
        rules=_rules_of(said),
        burn=BurnRules(
            burn.objective,
            burn.least_calls,
            USUAL_WINDOWS
            if burn.windows is None
            else tuple(BurnWindow(**pair.model_dump()) for pair in burn.windows),
        ),
        latency=LatencyRules(
            latency.share, latency.seconds, latency.window_seconds, latency.least_calls
        ),
        expiry_days=said.certificate_expiry.days,
    )
    return AlertSettings(
        rules,
        {name: _channel(each) for name, each in section.channels.items()},
        tuple(tls.cert_file for tls in (settings.server.tls, settings.server.control_tls) if tls),
    )


def _rules_of(said: RuleSet) -> Mapping[RuleName, Rule]:
    return {name: _rule(getattr(said, name.value), DEFAULT_RULES[name]) for name in RuleName}


def _rule(said: AlertRule, usual: Rule) -> Rule:
    return Rule(
        severity=usual.severity if said.severity is None else said.severity,
        for_seconds=usual.for_seconds if said.for_seconds is None else said.for_seconds,
        keep_seconds=usual.keep_seconds if said.keep_seconds is None else said.keep_seconds,
        enabled=said.enabled,
    )


def _channel(said: AlertChannel) -> Channel:
    return Channel(said.kind, said.url, said.secret, tuple(said.severities))
