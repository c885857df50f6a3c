"""LoopLag: how late a process's event loop comes to what is due."""

import asyncio
from contextlib import suppress

LOOK_SECONDS = 0.1


class LoopLag:
    """Sleeps again and again, and notes by how much longer that took than asked for."""

    def __init__(self) -> None:
        self._worst_seconds = 0.0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin, on the running loop."""
        self._task = asyncio.create_task(self._look(), name="event loop lag")

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def take_worst(self) -> float:
        """Return the longest delay in seconds since the last time."""
        worst, self._worst_seconds = self._worst_seconds, 0.0
        return worst

    async def _look(self) -> None:
        time = asyncio.get_running_loop().time
        while True:
            due = time() + LOOK_SECONDS
            await asyncio.sleep(LOOK_SECONDS)
            self._worst_seconds = max(self._worst_seconds, time() - due)
