"""What happens to a deployment's health. Times are those of the record's monotonic clock."""

from dataclasses import dataclass

from turnout.domain.health.circuit import Reason
from turnout.domain.shared.events import DomainEvent
from turnout.domain.shared.ids import DeploymentId


@dataclass(frozen=True, slots=True)
class CircuitOpened(DomainEvent):
    """Too much went wrong: no requests until `until_seconds`; `openings` counts those in a row."""

    deployment: DeploymentId
    at_seconds: float
    until_seconds: float
    openings: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class CircuitHalfOpened(DomainEvent):
    """The wait is over, and one request has been let through."""

    deployment: DeploymentId
    at_seconds: float


@dataclass(frozen=True, slots=True)
class CircuitClosed(DomainEvent):
    """The deployment answers again."""

    deployment: DeploymentId
    at_seconds: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class CooldownBegun(DomainEvent):
    """The provider asked to be left alone until `until_seconds`."""

    deployment: DeploymentId
    at_seconds: float
    until_seconds: float


CircuitEvent = CircuitOpened | CircuitHalfOpened | CircuitClosed | CooldownBegun
