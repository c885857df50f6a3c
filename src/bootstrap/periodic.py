"""Periodic: work that a process does again and again beside its requests."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

logger = logging.getLogger(__name__)

GATHERING_SECONDS = 0.02
"""What nudges within so long of each other ask for is done once."""


class Periodic:
    """Does `work` every `seconds`, first when it starts, and soon when it is nudged.

    What `work` raises is logged, once until it succeeds again: a store that is down for an hour
    should not fill the log.
    """

    def __init__(self, name: str, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        self._name = name
        self._seconds = seconds
        self._work = work
        self._failing = False
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Do it for the first time, and go on."""
        await self._once()
        self._task = asyncio.create_task(self._go_on(), name=self._name)

    def nudge(self) -> None:
        """Have it done soon: there is something to do."""
        self._nudged.set()

    async def stop(self) -> None:
        """Do it no more; what is under way is cancelled."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _go_on(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._nudged.wait(), self._seconds)
                await asyncio.sleep(GATHERING_SECONDS)
            self._nudged.clear()
            await self._once()

    async def _once(self) -> None:
        try:
            await self._work()
        except Exception as problem:
            if not self._failing:
                logger.warning("%s fails: %s: %s", self._name, type(problem).__name__, problem)
            self._failing = True
            return
        if self._failing:
            logger.warning("%s works again", self._name)
        self._failing = False
