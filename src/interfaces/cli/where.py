"""Whom a command asks."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """The control plane of a running gateway, and the token that it wants."""

    url: str
    token: str | None = field(default=None, repr=False)


Where = Path | ControlPlane
"""Whom to ask: what a configuration file declares, or a running gateway."""
