"""LinkedReports: how a process tells of itself, over a StoreLink."""

from turnout.infrastructure.persistence.store_link import Statement, StoreLink

_PUT = """
INSERT INTO worker_report (worker, at, body) VALUES (?, ?, ?)
ON CONFLICT (worker) DO UPDATE SET at = excluded.at, body = excluded.body
"""


class LinkedReports:
    """Writes the reports of one process."""

    def __init__(self, link: StoreLink) -> None:
        self._link = link

    async def put(self, worker: str, at: float, body: str) -> None:
        """Let `body` be the latest report of `worker`, as of `at` seconds since 1970."""
        await self._link.write(Statement(_PUT, [(worker, at, body)]))
