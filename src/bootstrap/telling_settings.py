"""What a process must know to tell of itself and of its requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """What `telemetry.traces` of the file says; `headers` are secret."""

    endpoint: str | None = None
    share: float = 0.01
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout_seconds: float = 10.0
    service_name: str = "turnout"


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What `logging:` of the file says; only `format` stays as it is while a process runs."""

    level: str = "info"
    format: str = "console"
    access: str = "off"
    access_share: float = 1.0
