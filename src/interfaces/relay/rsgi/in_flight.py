"""Requests under way in this worker, and what may end them early.

While a handler waits for a provider the server does not tell it that its caller has left; it must
ask, by a future that costs a few microseconds. So a sweeper asks on behalf of those requests that
are still there at its next tick, and short requests never pay.
"""

import asyncio
from contextvars import Context, copy_context
from enum import Enum, auto
from functools import partial
from math import ceil

from turnout.interfaces.relay.rsgi.outflow import Outflow
from turnout.interfaces.relay.rsgi.wire import Disconnection, HTTPProtocol

TICK_SECONDS = 0.25
BODY_SECONDS = 120.0
"""How long a caller may take to send its body."""


class Interruption(Enum):
    """Why a request was ended early."""

    CALLER_LEFT = auto()
    SLOW_BODY = auto()
    DRAINED = auto()


class Ticket:
    """One request under way. `has_body` is set once the body is read.

    `outflow` is there while the answer is, or is going to be, a stream.
    """

    __slots__ = (
        "disconnection",
        "has_body",
        "interruption",
        "outflow",
        "protocol",
        "task",
        "ticks",
    )

    def __init__(self, task: "asyncio.Task[object] | None", protocol: HTTPProtocol) -> None:
        self.task = task
        self.protocol = protocol
        self.disconnection: Disconnection | None = None
        self.interruption: Interruption | None = None
        self.outflow: Outflow | None = None
        self.has_body = False
        self.ticks = 0

    def interrupt(self, why: Interruption) -> None:
        """Cancel the request's task. The first reason stands."""
        if self.interruption is None and self.task is not None:
            self.interruption = why
            self.task.cancel()


class InFlight:
    """Knows every request under way, and watches over the longer ones."""

    __slots__ = ("_body_ticks", "_context", "_sweeper", "_tick_seconds", "_tickets")

    def __init__(
        self, *, tick_seconds: float = TICK_SECONDS, body_seconds: float = BODY_SECONDS
    ) -> None:
        self._tick_seconds = tick_seconds
        self._body_ticks = body_seconds / tick_seconds
        self._tickets: set[Ticket] = set()
        self._context: Context = copy_context()
        self._sweeper: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._tickets)

    def enter(self, protocol: HTTPProtocol) -> Ticket:
        """Note that the current task has begun to serve a request."""
        ticket = Ticket(asyncio.current_task(), protocol)
        self._tickets.add(ticket)
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Note that it is done.

        The server's future refers to the ticket and the garbage collector cannot look into it, so
        the ticket must not refer to the future any more, nor to the stream: that ends when nothing
        refers to it.
        """
        self._tickets.discard(ticket)
        ticket.outflow = None
        disconnection, ticket.disconnection = ticket.disconnection, None
        if disconnection is not None:
            disconnection.cancel()

    def interrupt_all(self, why: Interruption) -> None:
        """End every request under way."""
        for ticket in tuple(self._tickets):
            ticket.interrupt(why)

    def ticks_in(self, seconds: float) -> int:
        """Return how many ticks make up `seconds`, at least one of them unless it is 0."""
        return ceil(seconds / self._tick_seconds)

    def start(self) -> None:
        """Begin to sweep, on the running loop."""
        self._sweeper = asyncio.get_running_loop().create_task(self._sweep())

    async def stop(self) -> None:
        """End sweeping."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
            self._sweeper = None

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._tick_seconds)
            self.tick()

    def tick(self) -> None:
        """Look at every request once."""
        for ticket in tuple(self._tickets):
            if ticket.disconnection is None:
                ticket.disconnection = ticket.protocol.client_disconnect()
                ticket.disconnection.add_done_callback(
                    partial(_caller_left, ticket), context=self._context
                )
            if ticket.outflow is not None:
                ticket.outflow.tick()
            if not ticket.has_body:
                ticket.ticks += 1
                if ticket.ticks > self._body_ticks:
                    ticket.interrupt(Interruption.SLOW_BODY)


def _caller_left(ticket: Ticket, disconnection: Disconnection) -> None:
    if not disconnection.cancelled():
        ticket.interrupt(Interruption.CALLER_LEFT)
