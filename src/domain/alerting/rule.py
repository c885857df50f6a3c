"""What is watched, how urgent it is, and how long it must last before anybody is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from turnout.domain.alerting.burn import BurnRules
from turnout.domain.shared.bounds import positive


class RuleName(StrEnum):
    """Every rule that there is."""

    PROVIDER_DOWN = "provider_down"
    """Health admits no model of an enabled provider."""
    CIRCUIT_OPEN = "circuit_open"
    """Health does not admit one model."""
    ERROR_BUDGET_BURN = "error_budget_burn"
    """A model fails more often than its objective bears."""
    LATENCY = "latency"
    """Whole answers of a model take too long."""
    BUDGET = "budget"
    """A budget is nearly or wholly spent."""
    PRICE_UNKNOWN = "price_unknown"
    """A model is used whose price nobody knows: its cost is in no sum."""
    RELOAD_FAILED = "reload_failed"
    """A changed configuration file is not used."""
    LEDGER_DROPS = "ledger_drops"
    """Records of attempts could not be written, or were refused by the store."""
    CERTIFICATE_EXPIRY = "certificate_expiry"
    """A certificate that the gateway serves with ends soon."""


class Severity(StrEnum):
    """Who is to be told."""

    PAGE = "page"
    """Somebody, at once."""
    WARNING = "warning"
    """Whoever looks next."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one rule is applied.

    What is found must last `for_seconds` until its alert fires, and have been gone for
    `keep_seconds` until it is resolved: what comes and goes is one alert.
    """

    severity: Severity
    for_seconds: float = 0.0
    keep_seconds: float = 60.0
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class LatencyRules:
    """What `share` of the answers in `window_seconds` may take, if there are `least_calls`."""

    share: float = 0.95
    seconds: float = 60.0
    window_seconds: float = 600.0
    least_calls: int = 20


_PAGE, _WARNING = Severity.PAGE, Severity.WARNING

DEFAULT_RULES: Mapping[RuleName, Rule] = MappingProxyType(
    {
        RuleName.PROVIDER_DOWN: Rule(_PAGE, for_seconds=60.0),
        RuleName.CIRCUIT_OPEN: Rule(_WARNING, for_seconds=120.0),
        RuleName.ERROR_BUDGET_BURN: Rule(_PAGE, keep_seconds=120.0),
        RuleName.LATENCY: Rule(_WARNING, for_seconds=120.0, keep_seconds=120.0),
        RuleName.BUDGET: Rule(_WARNING),
        RuleName.PRICE_UNKNOWN: Rule(_WARNING, for_seconds=60.0, keep_seconds=3600.0),
        RuleName.RELOAD_FAILED: Rule(_WARNING, for_seconds=30.0, keep_seconds=0.0),
        RuleName.LEDGER_DROPS: Rule(_PAGE, keep_seconds=600.0),
        RuleName.CERTIFICATE_EXPIRY: Rule(_WARNING, keep_seconds=0.0),
    }
)


USUAL_BURN, USUAL_LATENCY = BurnRules(), LatencyRules()


@dataclass(frozen=True, slots=True)
class AlertRules:
    """All that is said of alerts, but for where they go.

    Alerts of one group that begin within `group_seconds` are told together; who was told is
    reminded every `reminder_seconds`. Raises DomainError `alert.not_positive`.
    """

    enabled: bool = True
    interval_seconds: float = 5.0
    group_seconds: float = 10.0
    reminder_seconds: float = 14_400.0
    rules: Mapping[RuleName, Rule] = field(default_factory=lambda: dict(DEFAULT_RULES))
    burn: BurnRules = USUAL_BURN
    latency: LatencyRules = USUAL_LATENCY
    expiry_days: float = 21.0

    def __post_init__(self) -> None:
        positive(
            "alert",
            interval_seconds=self.interval_seconds,
            reminder_seconds=self.reminder_seconds,
        )

    def watched(self, name: RuleName) -> Rule | None:
        """Return the rule, None where it is switched off."""
        rule = self.rules.get(name, DEFAULT_RULES[name])
        return rule if self.enabled and rule.enabled else None
