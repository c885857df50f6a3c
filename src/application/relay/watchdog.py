"""Bounds every wait for a stream's next event, with one timer for the whole stream."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from turnout.domain.inference.failure import FailureKind, ProviderFailure

Event = TypeVar("Event")
SHORTEST_LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits of a stream: moments of the loop's clock, but `between_seconds`, a duration."""

    first_at: float
    between_seconds: float
    total_at: float


class Watchdog:
    """Waits for events and cancels a wait that lasts too long.

    The timer is set anew only when it fires, so an event that comes in time costs nothing but a
    note of when the wait began. Time that the receiver takes between two waits does not count.
    """

    __slots__ = ("_bitten", "_committed", "_loop", "_patience", "_since", "_task", "_timer")

    def __init__(self, patience: Patience) -> None:
        self._loop = asyncio.get_running_loop()
        self._patience = patience
        self._committed = False
        self._since: float | None = None
        self._task: asyncio.Task[object] | None = None
        self._bitten: str | None = None
        self._timer = self._loop.call_at(min(patience.first_at, patience.total_at), self._look)

    def committed(self) -> None:
        """The first token has come: from now on the time between tokens counts."""
        self._committed = True
        due = self._loop.time() + self._patience.between_seconds
        if due < self._timer.when():  # which was set for the first token
            self._timer.cancel()
            self._timer = self._loop.call_at(due, self._look)

    def stop(self) -> None:
        """End the watch."""
        self._timer.cancel()

    async def wait(self, coming: Awaitable[Event]) -> Event:
        """Return what `coming` gives.

        Raises ProviderFailure TIMEOUT when it does not come in time, and what `coming` raises.
        """
        self._task = asyncio.current_task()
        self._since = self._loop.time()
        try:
            return await coming
        except asyncio.CancelledError:
            if self._bitten is None or self._task is None or self._task.uncancel() > 0:
                raise
            raise ProviderFailure(FailureKind.TIMEOUT, self._bitten) from None
        finally:
            self._since = None

    def _look(self) -> None:
        now = self._loop.time()
        due, words = self._due(now)
        if self._since is None or now < due:
            # Nobody waits, or a later wait has begun: look again at the earliest that matters.
            self._timer = self._loop.call_at(max(due, now + SHORTEST_LOOK_SECONDS), self._look)
            return
        self._bitten = words
        if self._task is not None:
            self._task.cancel()

    def _due(self, now: float) -> tuple[float, str]:
        patience = self._patience
        since = now if self._since is None else self._since
        if self._committed:
            due = since + patience.between_seconds
            words = f"no token for {patience.between_seconds:g} s"
        else:
            due, words = patience.first_at, "no first token in time"
        if patience.total_at <= due:
            return patience.total_at, "the answer took longer than allowed"
        return due, words
