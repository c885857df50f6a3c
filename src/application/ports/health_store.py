"""What processes tell each other of deployments' health. Times are seconds since 1970."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from turnout.domain.health.circuit import Reason
from turnout.domain.shared.ids import DeploymentId


class Moved(StrEnum):
    """What happened to a deployment."""

    OPENED = "opened"
    HALF_OPENED = "half_opened"
    CLOSED = "closed"
    COOLED_DOWN = "cooled_down"


@dataclass(frozen=True, slots=True)
class Transition:
    """A circuit moved, or a cooldown began, as `worker` saw it.

    `until` is when an opening or a cooldown ends, None for the others; `openings` is 0 but for an
    opening.
    """

    at: float
    worker: str
    deployment: DeploymentId
    moved: Moved
    reason: Reason
    until: float | None = None
    openings: int = 0


@dataclass(frozen=True, slots=True)
class SharedState:
    """The latest of one deployment, whoever saw it.

    `openings` is 0 for a closed circuit; `until` is when its last opening ends, `cooldown_until`
    when its last cooldown does, 0 if there has been none.
    """

    deployment: DeploymentId
    worker: str
    at: float
    reason: Reason
    openings: int
    until: float
    cooldown_until: float


@dataclass(frozen=True, slots=True)
class News:
    """States that are newer than one has seen, and up to where they have been seen now."""

    states: tuple[SharedState, ...]
    seen: int


class HealthStore(Protocol):
    """Keeps the latest state of each deployment, and the transitions that led there.

    All methods raise what the store's driver raises.
    """

    async def announce(self, transitions: Sequence[Transition]) -> None:
        """Take all of `transitions`, or none. One that is older than the state leaves it alone.

        A cooldown is never made shorter. The oldest transitions beyond a bound are forgotten.
        """
        ...

    async def news(self, seen: int) -> News:
        """Return the states that have changed since `seen`; 0 is before everything."""
        ...

    async def transitions(self, limit: int) -> list[Transition]:
        """Return the latest, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Tally:
    """How the calls of a deployment's window went at one worker, as of `at`."""

    deployment: DeploymentId
    at: float
    calls: int
    failures: int
    slow: int


class HealthTallies(Protocol):
    """Lets processes that see no calls know how they go. Methods raise what the driver raises."""

    async def put(self, worker: str, tallies: Sequence[Tally]) -> None:
        """Take the latest tallies of `worker`, in place of those for the same deployments."""
        ...

    async def since(self, at: float) -> list[Tally]:
        """Return those of all workers that are not older than `at`, by deployment."""
        ...
