"""Keeps a process's snapshot at the store's latest revision."""

import logging
from collections.abc import Awaitable, Callable

from turnout.application.reactions.refresh_snapshot import RefreshSnapshot
from turnout.bootstrap.periodic import Periodic

logger = logging.getLogger(__name__)
INTERVAL_SECONDS = 0.5


class SnapshotWatch:
    """Asks for the revision twice a second. What fails is logged, and the last snapshot stays.

    `follow` takes over settings that were handed in meanwhile, and tells whether the snapshot is to
    be compiled anew; `tidy` lets go of what no snapshot needs any more.
    """

    def __init__(
        self,
        refresh: RefreshSnapshot,
        follow: Callable[[], bool],
        tidy: Callable[[], Awaitable[None]],
    ) -> None:
        self._refresh = refresh
        self._follow = follow
        self._tidy = tidy
        self._anew = False
        self._periodic = Periodic("watching the configuration", INTERVAL_SECONDS, self._look)

    def ready(self) -> bool:
        """Tell whether there has been a snapshot."""
        return self._refresh.holder.current.revision >= 0

    async def start(self) -> None:
        """Load the first snapshot, and go on watching."""
        await self._periodic.start()

    def nudge(self) -> None:
        """Look soon: there is something new."""
        self._periodic.nudge()

    async def stop(self) -> None:
        """Watch no longer."""
        await self._periodic.stop()

    async def _look(self) -> None:
        try:
            self._anew |= self._follow()
            await self._refresh(anew=self._anew)
            self._anew = False
            await self._tidy()
        except Exception:
            logger.exception("the configuration could not be taken over; keeping the last")
