"""Requests that outlive a tick are watched, and ended when their callers leave."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.fakes.rsgi import FakeProtocol

from turnout.interfaces.relay.rsgi.in_flight import InFlight, Interruption, Ticket

Served = tuple[Ticket, "asyncio.Task[None]"]


@pytest.fixture
def in_flight() -> InFlight:
    return InFlight(tick_seconds=1.0, body_seconds=2.0)


async def begin(in_flight: InFlight, protocol: FakeProtocol) -> Served:
    """Start a handler that waits for ever."""
    entered: asyncio.Future[Ticket] = asyncio.get_running_loop().create_future()

    async def serve() -> None:
        ticket = in_flight.enter(protocol)
        entered.set_result(ticket)
        try:
            await asyncio.Event().wait()
        finally:
            in_flight.leave(ticket)

    task = asyncio.create_task(serve())
    return await entered, task


async def ended(task: "asyncio.Task[None]") -> None:
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_request_that_is_over_before_the_tick_is_never_watched(
    in_flight: InFlight,
) -> None:
    protocol = FakeProtocol()
    in_flight.leave(in_flight.enter(protocol))
    in_flight.tick()
    assert protocol.disconnections == []
    assert len(in_flight) == 0


async def test_a_longer_request_is_watched_once_and_ended_when_the_caller_leaves(
    in_flight: InFlight,
) -> None:
    protocol = FakeProtocol()
    ticket, task = await begin(in_flight, protocol)
    in_flight.tick()
    in_flight.tick()
    (disconnection,) = protocol.disconnections
    disconnection.finish()
    await ended(task)
    assert ticket.interruption is Interruption.CALLER_LEFT
    assert len(in_flight) == 0


async def test_the_watch_over_a_request_that_ends_in_time_is_given_back(
    in_flight: InFlight,
) -> None:
    protocol = FakeProtocol()
    ticket = in_flight.enter(protocol)
    in_flight.tick()
    in_flight.leave(ticket)
    (disconnection,) = protocol.disconnections
    assert disconnection.cancelled()
    disconnection.finish()  # the server calls back on cancellation too
    assert ticket.interruption is None


async def test_a_body_may_take_only_so_many_ticks(in_flight: InFlight) -> None:
    ticket, task = await begin(in_flight, FakeProtocol())
    in_flight.tick()
    in_flight.tick()
    assert ticket.interruption is None
    in_flight.tick()
    await ended(task)
    assert ticket.interruption is Interruption.SLOW_BODY


async def test_the_answer_may_take_as_long_as_it_wants(in_flight: InFlight) -> None:
    ticket, task = await begin(in_flight, FakeProtocol())
    ticket.has_body = True
    for _ in range(10):
        in_flight.tick()
    assert ticket.interruption is None
    in_flight.interrupt_all(Interruption.DRAINED)
    await ended(task)


async def test_the_first_reason_stands(in_flight: InFlight) -> None:
    ticket, task = await begin(in_flight, FakeProtocol())
    in_flight.interrupt_all(Interruption.DRAINED)
    ticket.interrupt(Interruption.CALLER_LEFT)
    await ended(task)
    assert ticket.interruption is Interruption.DRAINED


async def test_the_sweeper_ticks_by_itself_until_stopped() -> None:
    in_flight = InFlight(tick_seconds=0.001)
    in_flight.start()
    asked = asyncio.Event()
    protocol = _Telling(asked.set)
    ticket = in_flight.enter(protocol)
    await asked.wait()
    in_flight.leave(ticket)
    await in_flight.stop()
    await in_flight.stop()
    assert protocol.disconnections[0].cancelled()


class _Telling(FakeProtocol):
    def __init__(self, tell: Callable[[], Awaitable[None] | None]) -> None:
        super().__init__()
        self._tell = tell

    def client_disconnect(self):  # type: ignore[no-untyped-def]
        self._tell()
        return super().client_disconnect()
