"""SharedHealth: what one process has seen of deployments, all others heed within a second."""

import logging
from collections.abc import Mapping

from turnout.application.health.accounts import limits_of
from turnout.application.ports.health_store import HealthStore, Moved, SharedState, Transition
from turnout.application.ports.system import Clock
from turnout.application.relay.health_board import MOST_EVENTS, HealthBoard
from turnout.application.snapshot.routing_snapshot import RoutingSnapshot, SnapshotHolder
from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.health.circuit import Reason
from turnout.domain.health.events import (
    CircuitClosed,
    CircuitHalfOpened,
    CircuitOpened,
    CooldownBegun,
)
from turnout.domain.shared.events import DomainEvent
from turnout.domain.shared.ids import DeploymentId

logger = logging.getLogger(__name__)


class SharedHealth:
    """Called twice a second or so, beside the requests.

    Announces what has happened on the board, takes over what others have announced, and keeps the
    board to the snapshot's deployments. The first time it takes over all that is stored: that is
    how a circuit outlives a restart. What could not be announced is, the next time. A store from
    which nothing has been published yet is left alone: it may not be one yet.
    """

    def __init__(
        self,
        board: HealthBoard,
        holder: SnapshotHolder,
        store: HealthStore,
        clock: Clock,
        worker: str,
    ) -> None:
        self._board = board
        self._holder = holder
        self._store = store
        self._clock = clock
        self._worker = worker
        self._heeded: RoutingSnapshot | None = None
        self._limits: Mapping[DeploymentId, CircuitLimits] = {}
        self._untold: list[Transition] = []
        self._seen = 0
        self.moves: dict[tuple[str, str], int] = {}
        """How often this process has moved something, by deployment and what it was."""

    async def __call__(self) -> None:
        """Announce, and take over. Raises what the store raises; nothing is lost by that."""
        self._heed_snapshot()
        if self._holder.current.revision <= 0:
            return
        offset = self._clock.epoch_seconds() - self._clock.monotonic_seconds()
        for event in self._board.take_events():
            transition = _transition(event, self._worker, offset)
            _log(transition)
            moved = (transition.deployment, transition.moved.value)
            self.moves[moved] = self.moves.get(moved, 0) + 1
            self._untold.append(transition)
        del self._untold[:-MOST_EVENTS]
        if self._untold:
            told = tuple(self._untold)
            await self._store.announce(told)
            del self._untold[: len(told)]
        news = await self._store.news(self._seen)
        for state in news.states:
            self._learn(state, offset)
        self._seen = news.seen

    def _heed_snapshot(self) -> None:
        snapshot = self._holder.current
        if snapshot is not self._heeded:
            self._heeded = snapshot
            self._limits = limits_of(snapshot)
            self._board.heed(self._limits)

    def _learn(self, state: SharedState, offset: float) -> None:
        if state.deployment not in self._limits:
            return
        record = self._board.of(state.deployment)
        at = state.at - offset
        if state.openings:
            until = state.until - offset
            record.learn_opened(
                CircuitOpened(state.deployment, at, until, state.openings, state.reason)
            )
        elif state.at:
            record.learn_closed(CircuitClosed(state.deployment, at, state.reason))
        if state.cooldown_until:
            record.learn_cooldown(state.cooldown_until - offset)
        self._board.note(record)


def _transition(event: DomainEvent, worker: str, offset: float) -> Transition:
    match event:
        case CircuitOpened(deployment, at, until, openings, reason):
            return Transition(
                at + offset, worker, deployment, Moved.OPENED, reason, until + offset, openings
            )
        case CircuitHalfOpened(deployment, at):
            return Transition(at + offset, worker, deployment, Moved.HALF_OPENED, Reason.TRIAL)
        case CircuitClosed(deployment, at, reason):
            return Transition(at + offset, worker, deployment, Moved.CLOSED, reason)
        case CooldownBegun(deployment, at, until):
            asked = Reason.ASKED_FOR
            moved = Moved.COOLED_DOWN
            return Transition(at + offset, worker, deployment, moved, asked, until + offset)
    raise TypeError(f"{type(event).__name__} is not an event of a HealthRecord")


def _log(told: Transition) -> None:
    level = logging.INFO if told.moved in (Moved.CLOSED, Moved.HALF_OPENED) else logging.WARNING
    waits = "" if told.until is None else f" seconds={told.until - told.at:.1f}"
    words = "health deployment=%s moved=%s reason=%s%s"
    logger.log(level, words, told.deployment, told.moved.value, told.reason.value, waits)
