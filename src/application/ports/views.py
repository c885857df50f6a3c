"""Read ports: flat rows for people and dashboards, past the domain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DeploymentRow:
    """A model at a provider. Prices are dollars per million tokens as text, None when unknown."""

    model: str
    upstream: str
    aliases: tuple[str, ...]
    capabilities: tuple[str, ...]
    context_window: int | None
    max_output_tokens: int | None
    price: Mapping[str, str] | None
    timeouts: Mapping[str, float] | None = None
    """Those limits of its own that it has."""


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """A provider; credentials are references, or `***` where the file held a literal."""

    name: str
    vendor: str
    protocol: str
    base_url: str
    credential: str | None
    further_credentials: tuple[str, ...]
    enabled: bool
    weight: int
    priority: int
    headers: Mapping[str, str]
    options: Mapping[str, str]
    timeouts: Mapping[str, float | None]
    circuit: Mapping[str, int | float | None]
    probe: Mapping[str, str | float]
    concurrency: Mapping[str, bool | int | float | None]
    declared: bool
    """Whether the configuration file declares it."""
    deployments: tuple[DeploymentRow, ...] = field(default=())
    connecting: Mapping[str, str | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A step of a chain."""

    target: str
    weight: int


@dataclass(frozen=True, slots=True)
class ChainRow:
    """A chain."""

    name: str
    tiers: tuple[tuple[TargetRow, ...], ...]
    strategy: str
    deadline_seconds: float
    max_attempts: int
    on: tuple[str, ...] | None
    rescue: bool
    cache: Mapping[str, bool | float] | None
    """Its own rules for the cache, as far as it has any."""
    sticky: Mapping[str, str | None] | None
    hedge: Mapping[str, float | None] | None
    declared: bool


class ProviderView(Protocol):
    """Reads providers."""

    async def list(self) -> list[ProviderRow]:
        """Return all, by name."""
        ...

    async def get(self, name: str) -> ProviderRow | None:
        """Return one, or None."""
        ...


class ChainView(Protocol):
    """Reads chains."""

    async def list(self) -> list[ChainRow]:
        """Return all, by name."""
        ...

    async def get(self, name: str) -> ChainRow | None:
        """Return one, or None."""
        ...
