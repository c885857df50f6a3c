"""TellTallies: a worker's counts of calls, for whoever shows error rates."""

from dataclasses import dataclass

from turnout.application.ports.health_store import HealthTallies, Tally
from turnout.application.ports.system import Clock
from turnout.application.relay.health_board import HealthBoard


@dataclass(frozen=True, slots=True)
class TellTallies:
    """Called every few seconds; nothing is written while nothing is asked."""

    board: HealthBoard
    tallies: HealthTallies
    clock: Clock
    worker: str

    async def __call__(self) -> None:
        """Tell the counts as they are now. Raises what the store raises."""
        now, at = self.clock.monotonic_seconds(), self.clock.epoch_seconds()
        told: list[Tally] = []
        for record in self.board.all():
            window = record.window
            window.roll(now)
            if window.calls:
                counts = window.calls, window.failures, window.slow
                told.append(Tally(record.deployment, at, *counts))
        if told:
            await self.tallies.put(self.worker, told)
