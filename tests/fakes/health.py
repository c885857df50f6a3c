"""What processes tell each other, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from turnout.application.ports.health_store import Moved, News, SharedState, Tally, Transition
from turnout.domain.shared.ids import DeploymentId

MOST_TRANSITIONS = 10_000


@dataclass
class FakeHealthStore:
    """A HealthStore; `broken` is raised by whatever is asked of it."""

    told: list[Transition] = field(default_factory=list)
    broken: Exception | None = None
    _states: dict[DeploymentId, tuple[int, SharedState]] = field(default_factory=dict)
    _seq: int = 0

    async def announce(self, transitions: Sequence[Transition]) -> None:
        self._check()
        self._seq += 1
        for told in transitions:
            self.told.append(told)
            self._take(told)
        del self.told[:-MOST_TRANSITIONS]

    async def news(self, seen: int) -> News:
        self._check()
        new = sorted(
            (pair for pair in self._states.values() if pair[0] > seen), key=lambda pair: pair[0]
        )
        return News(tuple(state for _, state in new), new[-1][0] if new else seen)

    async def transitions(self, limit: int) -> list[Transition]:
        self._check()
        return self.told[::-1][:limit]

    def _take(self, told: Transition) -> None:
        id = told.deployment
        plain = SharedState(id, told.worker, 0.0, told.reason, 0, 0.0, 0.0)
        _, state = self._states.get(id, (0, plain))
        until = told.until or 0.0
        if told.moved in (Moved.OPENED, Moved.CLOSED) and told.at >= state.at:
            state = replace(
                state,
                worker=told.worker,
                at=told.at,
                reason=told.reason,
                openings=told.openings,
                until=until,
            )
        elif told.moved is Moved.COOLED_DOWN and until > state.cooldown_until:
            state = replace(state, worker=told.worker, cooldown_until=until)
        else:
            return
        self._states[id] = (self._seq, state)

    def _check(self) -> None:
        if self.broken is not None:
            raise self.broken


@dataclass
class FakeHealthTallies:
    """A HealthTallies."""

    by_worker: dict[tuple[str, DeploymentId], Tally] = field(default_factory=dict)

    async def put(self, worker: str, tallies: Sequence[Tally]) -> None:
        self.by_worker |= {(worker, tally.deployment): tally for tally in tallies}

    async def since(self, at: float) -> list[Tally]:
        found = sorted(self.by_worker.items(), key=lambda item: (item[0][1], item[0][0]))
        return [tally for _, tally in found if tally.at >= at]
