"""What `status`, `top` and `chains` do, as callables that the composition root gives."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from turnout.application.ports.views import ChainRow
from turnout.application.queries.health_overview import HealthRow
from turnout.application.queries.list_alerts import AlertRow
from turnout.application.queries.usage import Told
from turnout.interfaces.cli.where import ControlPlane


@dataclass(frozen=True, slots=True)
class ReloadError:
    """Why the file could not be taken over, the last time that it could not."""

    at: datetime
    faults: list[str]


@dataclass(frozen=True, slots=True)
class ConfigurationRow:
    """What is in force, and how its file is followed."""

    revision: int
    watching: bool
    files: list[str]
    applied_at: datetime | None
    last_error: ReloadError | None
    needs_restart: list[str]

    @property
    def faults(self) -> list[str]:
        """What is wrong with the file as it is now; an error that was mended is none."""
        error = self.last_error
        if error is None or (self.applied_at is not None and error.at < self.applied_at):
            return []
        return error.faults


@dataclass(frozen=True, slots=True)
class PlaneRow:
    """The data plane that runs along with the control plane, if one does."""

    url: str | None
    asks_for_keys: bool


@dataclass(frozen=True, slots=True)
class GatewayStatus:
    """Everything at once; `traffic` is by provider, `requests` by route."""

    configuration: ConfigurationRow
    data_plane: PlaneRow
    health: list[HealthRow]
    alerts: list[AlertRow]
    traffic: Told
    requests: Told


@dataclass(frozen=True, slots=True)
class StatusActions:
    """Each asks a running gateway, and raises NoAnswer."""

    status: Callable[[ControlPlane, str], GatewayStatus]
    """Takes how far back traffic is to be told: `1h`."""
    chains: Callable[[ControlPlane], list[ChainRow]]
    wait: Callable[[float], None]
    """Lets some seconds pass."""
