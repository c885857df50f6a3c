"""From the section `alerts` to rules and channels."""

from turnout.application.ports.alerting import AlertSettings, Channel, ChannelKind
from turnout.domain.alerting.burn import BurnWindow
from turnout.domain.alerting.rule import DEFAULT_RULES, AlertRules, Rule, RuleName, Severity
from turnout.infrastructure.config.alert_settings import alert_settings_of
from turnout.infrastructure.config.schema import Settings


def settings(**alerts: object) -> AlertSettings:
    return alert_settings_of(Settings.model_validate({"alerts": alerts}))


def test_a_file_that_says_nothing_has_the_defaults() -> None:
    assert settings() == AlertSettings(AlertRules())


def test_what_a_rule_does_not_say_is_its_own_default() -> None:
    said = settings(rules={"circuit_open": {"severity": "page"}, "latency": False})
    usual = DEFAULT_RULES[RuleName.CIRCUIT_OPEN]
    assert said.rules.rules[RuleName.CIRCUIT_OPEN] == Rule(
        Severity.PAGE, usual.for_seconds, usual.keep_seconds
    )
    assert said.rules.watched(RuleName.LATENCY) is None


def test_windows_and_bounds_are_taken_over() -> None:
    pair = {"short_seconds": 1, "long_seconds": 2, "factor": 3}
    said = settings(
        rules={
            "error_budget_burn": {"windows": [pair], "objective": 0.9},
            "latency": {"share": 0.5, "seconds": 7},
            "certificate_expiry": {"days": 3},
        }
    ).rules
    assert (said.burn.windows, said.burn.objective) == ((BurnWindow(1, 2, 3),), 0.9)
    assert (said.latency.share, said.latency.seconds, said.expiry_days) == (0.5, 7, 3)


def test_channels_keep_their_references() -> None:
    hook = {"kind": "webhook", "url": "https://x", "secret": "${S}", "severities": ["page"]}
    assert settings(channels={"hook": hook}).channels == {
        "hook": Channel(ChannelKind.WEBHOOK, "https://x", "${S}", (Severity.PAGE,))
    }
