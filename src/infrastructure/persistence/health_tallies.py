"""SqlHealthTallies: workers' counts of calls in the store, over a StoreLink."""

from collections.abc import Sequence

from turnout.application.ports.health_store import Tally
from turnout.domain.shared.ids import DeploymentId
from turnout.infrastructure.persistence.store_link import Statement, StoreLink

FORGOTTEN_AFTER_SECONDS = 3600.0

_PUT = """
INSERT INTO health_tally (worker, deployment, at, calls, failures, slow)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (worker, deployment) DO UPDATE SET
    at = excluded.at, calls = excluded.calls, failures = excluded.failures, slow = excluded.slow
"""
_FORGET = "DELETE FROM health_tally WHERE at < ?"
_SINCE = """
SELECT deployment, at, calls, failures, slow FROM health_tally WHERE at >= ?
ORDER BY deployment, worker
"""


class SqlHealthTallies:
    """A HealthTallies."""

    def __init__(self, link: StoreLink) -> None:
        self._link = link

    async def put(self, worker: str, tallies: Sequence[Tally]) -> None:
        """See HealthTallies."""
        before = max(tally.at for tally in tallies) - FORGOTTEN_AFTER_SECONDS
        # In one order, so that two workers never wait for each other's rows.
        rows = [
            (worker, each.deployment, each.at, each.calls, each.failures, each.slow)
            for each in sorted(tallies, key=lambda tally: tally.deployment)
        ]
        await self._link.write(Statement(_PUT, rows), Statement(_FORGET, [(before,)]))

    async def since(self, at: float) -> list[Tally]:
        """See HealthTallies."""
        rows = await self._link.rows(_SINCE, at)
        return [Tally(DeploymentId(deployment), *counts) for deployment, *counts in rows]
