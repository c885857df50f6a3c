"""Keeps a process's snapshot at the store's latest revision."""

import asyncio
import logging
from contextlib import suppress

from turnout.application.reactions.refresh_snapshot import RefreshSnapshot

logger = logging.getLogger(__name__)
INTERVAL_SECONDS = 0.5


class SnapshotWatch:
    """Asks for the revision twice a second. What fails is logged, and the last snapshot stays."""

    def __init__(self, refresh: RefreshSnapshot) -> None:
        self._refresh = refresh
        self._task: asyncio.Task[None] | None = None

    def ready(self) -> bool:
        """Tell whether there has been a snapshot."""
        return self._refresh.holder.current.revision >= 0

    async def start(self) -> None:
        """Load the first snapshot, and go on watching."""
        await self._look()
        self._task = asyncio.create_task(self._watch(), name="snapshot-watch")

    async def stop(self) -> None:
        """Watch no longer."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL_SECONDS)
            await self._look()

    async def _look(self) -> None:
        try:
            await self._refresh()
        except Exception:
            logger.exception("the configuration could not be read from the store; keeping the last")
