"""What the commands on health do, as callables that the composition root gives."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.health.probing import ProbeOutcome
from turnout.application.queries.health_overview import HealthRow
from turnout.interfaces.cli.where import ControlPlane


@dataclass(frozen=True, slots=True)
class HealthActions:
    """Each asks a running gateway, and raises NoAnswer."""

    show: Callable[[ControlPlane], list[HealthRow]]
    probe: Callable[[ControlPlane, str], list[ProbeOutcome]]
    """Takes a provider's name."""
