"""Whether and how a provider is asked if it is well, while no request says so."""

from dataclasses import dataclass
from enum import StrEnum

from turnout.domain.shared.bounds import positive


class ProbeKind(StrEnum):
    """What a probe does, from nothing to what costs money."""

    OFF = "off"
    MODELS = "models"
    """Asks for the list of models, which is free."""
    CONNECT = "connect"
    """Opens a connection and closes it."""
    COMPLETION = "completion"
    """Asks for one token."""


@dataclass(frozen=True, slots=True)
class ProbeRules:
    """What is asked, and about how often. Raises DomainError `probe.not_positive`."""

    kind: ProbeKind = ProbeKind.MODELS
    interval_seconds: float = 30.0

    def __post_init__(self) -> None:
        positive("probe", interval_seconds=self.interval_seconds)
