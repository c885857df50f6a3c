"""Show how every deployment stands, and what has moved lately."""

from collections import Counter
from dataclasses import asdict, dataclass

from turnout.application.health.accounts import accounts_of
from turnout.application.health.standing import CircuitState, standing_of
from turnout.application.ports.health_store import HealthStore, HealthTallies, Transition
from turnout.application.ports.system import Clock
from turnout.application.relay.health_board import HealthBoard
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.domain.health.circuit import Reason

LATEST_SECONDS = 15.0
"""Counts that a worker told longer ago are of one that has gone, or has nothing to do."""


@dataclass(frozen=True, slots=True)
class HealthRow:
    """One deployment: how it stands, as in Standing, and how its calls went lately.

    `calls` are of all workers together, `error_rate` is a share of them, None where there are none.
    """

    deployment: str
    provider: str
    state: CircuitState
    admits: bool
    cooling_down: bool
    reason: Reason | None
    until: float | None
    moved_at: float | None
    calls: int
    error_rate: float | None


@dataclass(frozen=True, slots=True)
class HealthOverview:
    """Reads the board, which knows what all processes have announced."""

    holder: SnapshotHolder
    board: HealthBoard
    tallies: HealthTallies
    clock: Clock

    async def __call__(self) -> list[HealthRow]:
        """Return a row for each deployment of the snapshot, as they stand there."""
        calls: Counter[str] = Counter()
        failures: Counter[str] = Counter()
        for tally in await self.tallies.since(self.clock.epoch_seconds() - LATEST_SECONDS):
            calls[tally.deployment] += tally.calls
            failures[tally.deployment] += tally.failures
        return [
            HealthRow(
                deployment=id,
                provider=account.provider.id,
                calls=calls[id],
                error_rate=failures[id] / calls[id] if calls[id] else None,
                **asdict(standing_of(self.board.of(id), self.clock)),
            )
            for account in accounts_of(self.holder.current)
            for id in account.deployments
        ]


@dataclass(frozen=True, slots=True)
class HealthTransitions:
    """Reads what has moved, whichever process saw it."""

    store: HealthStore

    async def __call__(self, limit: int) -> list[Transition]:
        """Return the latest, newest first."""
        return await self.store.transitions(limit)
