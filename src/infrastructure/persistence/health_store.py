"""SqlHealthStore: circuits and cooldowns in the store, over a StoreLink."""

from collections.abc import Sequence

from turnout.application.ports.health_store import Moved, News, SharedState, Transition
from turnout.domain.health.circuit import Reason
from turnout.domain.shared.ids import DeploymentId
from turnout.infrastructure.persistence.store_link import Row, Statement, StoreLink

MOST_TRANSITIONS = 10_000
FORGOTTEN_AFTER_SECONDS = 30 * 86_400.0
"""A state that nothing has changed for so long is dropped: its deployment may be gone."""

# The only row is locked until the commit: whoever reads states sees sequence numbers in order.
_NEXT = """
INSERT INTO health_sequence (id, seq) VALUES (?, 1)
ON CONFLICT (id) DO UPDATE SET seq = health_sequence.seq + 1
"""
_TRANSITION = """
INSERT INTO circuit_transition (at, worker, deployment, moved, reason, until, openings)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_CIRCUIT = """
INSERT INTO health_state
    (seq, deployment, worker, at, reason, openings, until, cooldown_until)
VALUES ((SELECT seq FROM health_sequence), ?, ?, ?, ?, ?, ?, 0)
ON CONFLICT (deployment) DO UPDATE SET
    seq = excluded.seq, worker = excluded.worker, at = excluded.at,
    reason = excluded.reason, openings = excluded.openings, until = excluded.until
WHERE excluded.at >= health_state.at
"""
_COOLDOWN = """
INSERT INTO health_state
    (seq, deployment, worker, at, reason, openings, until, cooldown_until)
VALUES ((SELECT seq FROM health_sequence), ?, ?, 0, ?, 0, 0, ?)
ON CONFLICT (deployment) DO UPDATE SET
    seq = excluded.seq, worker = excluded.worker, cooldown_until = excluded.cooldown_until
WHERE excluded.cooldown_until > health_state.cooldown_until
"""
_FORGET_TRANSITIONS = """
DELETE FROM circuit_transition WHERE id <= (SELECT max(id) FROM circuit_transition) - ?
"""
_FORGET_STATES = "DELETE FROM health_state WHERE at < ? AND cooldown_until < ?"
_STATES = """
SELECT seq, deployment, worker, at, reason, openings, until, cooldown_until
FROM health_state WHERE seq > ? ORDER BY seq
"""
_LATEST = """
SELECT at, worker, deployment, moved, reason, until, openings
FROM circuit_transition ORDER BY id DESC LIMIT ?
"""


class SqlHealthStore:
    """A HealthStore."""

    def __init__(self, link: StoreLink) -> None:
        self._link = link

    async def announce(self, transitions: Sequence[Transition]) -> None:
        """See HealthStore."""
        circuits = [t for t in transitions if t.moved in (Moved.OPENED, Moved.CLOSED)]
        cooldowns = [t for t in transitions if t.moved is Moved.COOLED_DOWN]
        before = max(transition.at for transition in transitions) - FORGOTTEN_AFTER_SECONDS
        await self._link.write(
            Statement(_NEXT, [(1,)]),
            Statement(_TRANSITION, [_transition_row(t) for t in transitions]),
            Statement(
                _CIRCUIT,
                [
                    (t.deployment, t.worker, t.at, t.reason.value, t.openings, t.until or 0.0)
                    for t in circuits
                ],
            ),
            Statement(
                _COOLDOWN, [(t.deployment, t.worker, t.reason.value, t.until) for t in cooldowns]
            ),
            Statement(_FORGET_TRANSITIONS, [(MOST_TRANSITIONS,)]),
            Statement(_FORGET_STATES, [(before, before)]),
        )

    async def news(self, seen: int) -> News:
        """See HealthStore."""
        rows = await self._link.rows(_STATES, seen)
        return News(tuple(map(_state, rows)), rows[-1][0] if rows else seen)

    async def transitions(self, limit: int) -> list[Transition]:
        """See HealthStore."""
        return [_transition(row) for row in await self._link.rows(_LATEST, limit)]


def _transition_row(told: Transition) -> tuple[str | float | int, ...]:
    until = told.until or 0.0
    words = told.moved.value, told.reason.value
    return told.at, told.worker, told.deployment, *words, until, told.openings


def _transition(row: Row) -> Transition:
    at, worker, deployment, moved, reason, until, openings = row
    id, why = DeploymentId(deployment), Reason(reason)
    return Transition(at, worker, id, Moved(moved), why, until or None, openings)


def _state(row: Row) -> SharedState:
    _, deployment, worker, at, reason, openings, until, cooldown_until = row
    id, why = DeploymentId(deployment), Reason(reason)
    return SharedState(id, worker, at, why, openings, until, cooldown_until)
