"""What happens to a deployment's health."""

from dataclasses import dataclass

from turnout.domain.shared.events import DomainEvent
from turnout.domain.shared.ids import DeploymentId


@dataclass(frozen=True, slots=True)
class CircuitOpened(DomainEvent):
    """Too much went wrong: no requests until `until_seconds` on the caller's clock."""

    deployment: DeploymentId
    until_seconds: float


@dataclass(frozen=True, slots=True)
class CircuitClosed(DomainEvent):
    """The deployment answers again."""

    deployment: DeploymentId
