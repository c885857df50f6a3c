"""What the commands on alerts do, as callables that the composition root gives."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.queries.list_alerts import AlertRow
from turnout.domain.alerting.silence import Silence
from turnout.interfaces.cli.where import ControlPlane


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule, as a gateway applies it."""

    name: str
    enabled: bool
    severity: str
    for_seconds: float
    keep_seconds: float


@dataclass(frozen=True, slots=True)
class SilenceWish:
    """Of which rule, which subject, or both; for how long, and why."""

    rule: str | None
    subject: str | None
    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class AlertActions:
    """Each asks a running gateway, and raises NoAnswer."""

    show: Callable[[ControlPlane], list[AlertRow]]
    rules: Callable[[ControlPlane], list[RuleRow]]
    silences: Callable[[ControlPlane], list[Silence]]
    silence: Callable[[ControlPlane, SilenceWish], Silence]
    end_silence: Callable[[ControlPlane, str], None]
    try_channel: Callable[[ControlPlane, str], None]
