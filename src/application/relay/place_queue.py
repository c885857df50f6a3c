"""PlaceQueue: where a request waits that every one of its providers is too full for."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from turnout.application.ports.system import Clock
from turnout.application.relay.course import LEAST_SECONDS, Course
from turnout.domain.routing.gate import Gate, Ticket
from turnout.domain.routing.route_plan import PlannedTarget


@dataclass(frozen=True, slots=True)
class PlaceQueue:
    """The lines themselves are the gates' own; here is the waiting."""

    clock: Clock

    async def wait(self, course: Course) -> PlannedTarget | None:
        """Return the target that has a place, which is taken; None where none came free in time.

        Who is cancelled leaves the lines.
        """
        until = self.clock.monotonic_seconds() + patience(course.full_gates())
        until = min(until, course.deadline_seconds - LEAST_SECONDS)
        while gates := course.full_gates():
            gate = await self._called(gates, until - self.clock.monotonic_seconds())
            if gate is None:
                return None
            target = course.called(gate, self.clock.monotonic_seconds())
            if target is not None:
                return target
        return None

    async def _called(self, gates: Sequence[Gate], seconds: float) -> Gate | None:
        loop = asyncio.get_running_loop()
        over = loop.create_future()

        def end() -> None:
            if not over.done():
                over.set_result(None)

        ticket = Ticket.draw(gates, end)
        if ticket is None:
            return None
        timer = loop.call_later(seconds, end)
        try:
            await over
        except BaseException:
            ticket.give_up()
            raise
        finally:
            timer.cancel()
        if ticket.gate is None:
            ticket.give_up()
        return ticket.gate


def patience(gates: Sequence[Gate]) -> float:
    """Return the seconds that a request may wait at `gates`: what the most patient allows."""
    return max((gate.limit.rules.queue_seconds for gate in gates), default=0.0)
