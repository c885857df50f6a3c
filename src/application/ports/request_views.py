"""Read ports: requests as their callers saw them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from turnout.application.ports.usage_views import AttemptPlace, Dimension


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request that has ended; see RequestRecord. `at` is when, in seconds since 1970."""

    place: AttemptPlace
    at: float
    request: str
    operation: str
    streamed: bool
    asked_model: str
    route: str
    key_id: str | None
    key: str
    team: str | None
    project: str | None
    provider: str
    model: str
    status: int
    error: str | None
    attempts: int
    seconds: float
    first_byte_seconds: float | None
    overhead_seconds: float | None
    cache: str
    rescued: int
    hedged: bool


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests; None is all of them. `least_status` 400 are those that went wrong."""

    since: float
    until: float | None = None
    narrowed: Mapping[Dimension, str] = field(default_factory=dict)
    status: int | None = None
    least_status: int | None = None


class RequestView(Protocol):
    """Reads requests."""

    async def page(
        self, wanted: RequestFilter, before: AttemptPlace | None, limit: int
    ) -> list[RequestRow]:
        """Return the newest of those that are `wanted`, newest first, or those behind `before`."""
        ...

    async def get(self, request: str) -> RequestRow | None:
        """Return one by its name, or None."""
        ...
