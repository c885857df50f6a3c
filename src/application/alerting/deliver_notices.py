"""Takes notices out of the outbox to people, each channel for itself."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from turnout.application.ports.alerting import (
    AlertSettings,
    NotDelivered,
    Outbox,
    Outgoing,
    Postman,
)
from turnout.application.ports.system import Clock

FIRST_WAIT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 600.0
LONGEST_SECONDS = 86_400.0
"""What could not be delivered for a day is of no use any more."""
SEND_SECONDS = 30.0


def wait_seconds(tries: int) -> float:
    """Return how long to wait after so many tries: twice as long each time, up to a bound."""
    return min(FIRST_WAIT_SECONDS * 2.0 ** min(tries - 1, 30), LONGEST_WAIT_SECONDS)


@dataclass(slots=True)
class DeliverNotices:
    """Called again and again. A channel that is slow or broken keeps no other one waiting.

    A notice is marked after it was sent: it arrives at least once, always under the same id.
    """

    outbox: Outbox
    postman: Postman
    settings: Callable[[], AlertSettings]
    clock: Clock
    leads: Callable[[], bool]
    _at_work: dict[str, asyncio.Task[None]] = field(default_factory=dict, init=False)

    async def __call__(self) -> None:
        """Begin to send what is due. Raises what the outbox raises."""
        self._at_work = {name: task for name, task in self._at_work.items() if not task.done()}
        if not self.leads():
            return
        lines: dict[str, list[Outgoing]] = {}
        for outgoing in await self.outbox.due(self.clock.epoch_seconds()):
            lines.setdefault(outgoing.channel, []).append(outgoing)
        for name, line in lines.items():
            if name not in self._at_work:
                task = asyncio.create_task(self._send_all(name, line), name=f"notices to {name}")
                self._at_work[name] = task

    async def stop(self) -> None:
        """Send no more; what is under way is cancelled, and stays in the outbox."""
        for task in self._at_work.values():
            task.cancel()
        await asyncio.gather(*self._at_work.values(), return_exceptions=True)

    async def _send_all(self, name: str, line: list[Outgoing]) -> None:
        for outgoing in line:
            if not await self._send(name, outgoing):
                return

    async def _send(self, name: str, outgoing: Outgoing) -> bool:
        """Send one; tell whether it arrived."""
        channel = self.settings().channels.get(name)
        if channel is None:
            await self.outbox.postpone(outgoing, None, "the channel is no longer configured")
            return True
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self.postman.send(channel, outgoing)
        except NotDelivered as problem:
            await self._postpone(outgoing, str(problem))
            return False
        except TimeoutError:
            await self._postpone(outgoing, f"no answer in {SEND_SECONDS:g} s")
            return False
        await self.outbox.delivered(outgoing, self.clock.epoch_seconds())
        return True

    async def _postpone(self, outgoing: Outgoing, problem: str) -> None:
        now = self.clock.epoch_seconds()
        until = now + wait_seconds(outgoing.tries + 1)
        is_late = until - outgoing.notice.at > LONGEST_SECONDS
        await self.outbox.postpone(outgoing, None if is_late else until, problem)
