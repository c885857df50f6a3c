"""Where is counted what callers may still ask for."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from turnout.domain.inference.metering import Remaining


class Measure(StrEnum):
    """What a counter counts."""

    REQUESTS = "requests"
    TOKENS = "tokens"
    CONCURRENT = "concurrent"


@dataclass(frozen=True, slots=True)
class Counter:
    """One limit of somebody's; `owner` is `key:KEY`, `team:TEAM`, ..., `limit` is per minute, or
    of requests at once."""

    owner: str
    measure: Measure
    limit: int
    key: str = field(init=False, repr=False, compare=False)
    """Its name and measure in one text: an enumeration takes its time to be looked up by."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", f"{self.measure.value}:{self.owner}")


@dataclass(slots=True)
class Verdict:
    """Whether a request may pass. Where not, `refused` is whose limit forbids it.

    It may ask again in `wait_seconds`. Of several limits of requests or tokens, what is told is the
    one that is nearest to its end. Not frozen since there is one for every request.
    """

    refused: Counter | None = None
    wait_seconds: float = 0.0
    requests: Remaining | None = None
    tokens: Remaining | None = None


FREE = Verdict()
"""Nothing is limited, or nobody can tell."""


class LimitStore(Protocol):
    """Counts. A request takes of all of its counters, or of none."""

    def take(
        self, counters: Sequence[Counter], tokens: int, request: str
    ) -> Verdict | Awaitable[Verdict]:
        """Take one request, so many tokens and a place, and tell whether that may be.

        `request` stands for the place. Answers at once where nobody else need be asked; else waits
        for a bounded time, and lets pass where the store does not answer.
        """
        ...

    def settle(self, counters: Sequence[Counter], *, used: int, reserved: int) -> None:
        """Count `used` tokens for the `reserved` ones that were taken; never waits."""
        ...

    def leave(self, counters: Sequence[Counter], request: str) -> None:
        """Give the places of `request` back; never waits."""
        ...
