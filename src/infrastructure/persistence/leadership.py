"""PostgresLeadership: one of several control planes leads, as long as it holds a lock."""

import asyncio
import logging
from typing import TYPE_CHECKING

from turnout.application.ports.system import Clock
from turnout.infrastructure.persistence.store_link import asyncpg_url

if TYPE_CHECKING:
    import asyncpg

logger = logging.getLogger(__name__)

LOCK = 0x7475726E6F757431
"""The advisory lock's number: `turnout1` in ASCII. Databases have locks of their own."""
LEASE_SECONDS = 2.0
"""Who has not heard from the database for so long leads no longer, whatever it holds."""
ANSWER_SECONDS = 1.0
_SERVER_SETTINGS = {
    "application_name": "turnout leader",
    "tcp_keepalives_idle": "2",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
}
"""So the database notices within five seconds that a leader's machine is gone."""


class PostgresLeadership:
    """Called twice a second, it asks for a session's advisory lock, or for a sign that it holds.

    The lock lives and dies with a connection of its own, so it must not go through a pool that
    gives connections to others between transactions. The database frees it when that connection
    ends, however it does; who held it knows at once, or `LEASE_SECONDS` after the last sign.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = asyncpg_url(url)
        self._clock = clock
        self._connection: asyncpg.Connection | None = None
        self._holds = False
        self._confirmed_seconds = 0.0

    def leads(self) -> bool:
        """Tell whether this process is the one to do what only one may do."""
        age = self._clock.monotonic_seconds() - self._confirmed_seconds
        return self._holds and age < LEASE_SECONDS

    async def __call__(self) -> None:
        """Try to lead, or confirm it. Raises what the driver raises; then it does not lead."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._confirm()
        except BaseException:
            self._let_go()
            raise

    async def resign(self) -> None:
        """Lead no longer; another one may at once."""
        connection = self._connection
        if connection is not None and not connection.is_closed():
            await connection.close(timeout=ANSWER_SECONDS)
        self._let_go()

    async def _confirm(self) -> None:
        asked_seconds = self._clock.monotonic_seconds()
        if self._connection is None:
            self._connection = await self._opened()
        query = "SELECT true" if self._holds else f"SELECT pg_try_advisory_lock({LOCK})"
        holds = await self._connection.fetchval(query)
        if holds and not self._holds:
            logger.warning("leadership: this control plane leads")
        self._holds = holds
        self._confirmed_seconds = asked_seconds

    async def _opened(self) -> "asyncpg.Connection":
        import asyncpg

        connection = await asyncpg.connect(self._url, server_settings=_SERVER_SETTINGS)
        connection.add_termination_listener(self._ended)
        return connection

    def _ended(self, connection: object) -> None:
        if connection is self._connection:
            self._let_go()

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if self._holds:
            logger.warning("leadership: this control plane leads no longer")
        self._holds = False
        if connection is not None and not connection.is_closed():
            connection.terminate()
