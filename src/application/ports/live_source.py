"""What a page that stays open wants to know again and again: what is new in the store."""

from dataclasses import dataclass
from typing import Protocol

from turnout.domain.shared.sketch import Sketch


@dataclass(frozen=True, slots=True)
class Marks:
    """Numbers that rise with every change: of the catalog, of health and of the audit log."""

    revision: int
    health: int
    audit: int


@dataclass(frozen=True, slots=True)
class MinuteSums:
    """What one minute of one provider adds up to so far.

    `start` is in seconds since 1970; the sketches are of seconds; the sums are those of the ledger.
    """

    start: int
    provider: str
    counts: dict[str, int]
    latency: Sketch
    first_token: Sketch


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One attempt as the ledger has it; None where something is not known."""

    batch: str
    position: int
    at: float
    request: str
    number: int
    route: str
    key_name: str
    team: str | None
    provider: str
    model: str
    outcome: str
    failure: str | None
    status: int | None
    seconds: float
    first_token_seconds: float | None
    input_tokens: int | None
    output_tokens: int | None
    cost_nanos: int | None


class LiveSource(Protocol):
    """Reads a few rows at a time. All methods raise what the store's driver raises."""

    async def marks(self) -> Marks:
        """Return how far everything has come."""
        ...

    async def minutes(self, since: int) -> list[MinuteSums]:
        """Return the minutes that began at `since`, in seconds since 1970, or later."""
        ...

    async def newest(self, limit: int) -> list[AttemptLine]:
        """Return the latest attempts, newest first."""
        ...
