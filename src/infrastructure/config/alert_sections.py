"""The section `alerts` of `turnout.yaml`: what is watched, and who is told."""

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from turnout.application.ports.alerting import ChannelKind
from turnout.domain.alerting.burn import BurnRules
from turnout.domain.alerting.rule import AlertRules, LatencyRules, Severity
from turnout.infrastructure.config.section import (
    Number,
    Seconds,
    Section,
    Share,
    Whole,
    mapping_of,
    no_bool,
)

Objective = Annotated[float, BeforeValidator(no_bool), Field(gt=0, lt=1)]


class AlertRule(Section):
    """How one rule is applied; what is not given is the rule's own default. `false` is off."""

    enabled: bool = True
    severity: Severity | None = None
    for_seconds: Seconds | None = None
    keep_seconds: Seconds | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        return mapping_of(value, bool, "enabled", "true, false or a mapping")


class BurnPair(Section):
    """Two windows, and how many times too fast the budget may be spent in both of them."""

    short_seconds: Number
    long_seconds: Number
    factor: Number

    @model_validator(mode="after")
    def _in_order(self) -> "BurnPair":
        if self.short_seconds >= self.long_seconds:
            raise ValueError("short_seconds below long_seconds")
        return self


class BurnRule(AlertRule):
    """When an error budget is spent too fast."""

    objective: Objective = BurnRules().objective
    least_calls: Whole = BurnRules().least_calls
    windows: Annotated[list[BurnPair], Field(min_length=1)] | None = None


class LatencyRule(AlertRule):
    """When whole answers take too long."""

    share: Share = LatencyRules().share
    seconds: Number = LatencyRules().seconds
    window_seconds: Number = LatencyRules().window_seconds
    least_calls: Whole = LatencyRules().least_calls


class ExpiryRule(AlertRule):
    """When a certificate ends too soon."""

    days: Number = AlertRules().expiry_days


class RuleSet(Section):
    """Every rule; see the page for each one's defaults."""

    provider_down: AlertRule = AlertRule()
    circuit_open: AlertRule = AlertRule()
    error_budget_burn: BurnRule = BurnRule()
    latency: LatencyRule = LatencyRule()
    budget: AlertRule = AlertRule()
    price_unknown: AlertRule = AlertRule()
    reload_failed: AlertRule = AlertRule()
    ledger_drops: AlertRule = AlertRule()
    certificate_expiry: ExpiryRule = ExpiryRule()


class AlertChannel(Section):
    """Where notices go: a URL of apprise, or of a webhook that is signed with `secret`."""

    kind: ChannelKind = ChannelKind.APPRISE
    url: str = Field(min_length=1)
    secret: str | None = Field(default=None, min_length=1)
    severities: list[Severity] = Field(default=list(Severity), min_length=1)

    @model_validator(mode="after")
    def _signs_webhooks_alone(self) -> "AlertChannel":
        if self.secret is not None and self.kind is not ChannelKind.WEBHOOK:
            raise ValueError("the kind webhook together with secret")
        return self


class Alerts(Section):
    """What is watched, and who is told."""

    enabled: bool = True
    interval_seconds: Number = AlertRules().interval_seconds
    group_seconds: Seconds = AlertRules().group_seconds
    reminder_seconds: Number = AlertRules().reminder_seconds
    rules: RuleSet = RuleSet()
    channels: dict[str, AlertChannel] = Field(default={})
