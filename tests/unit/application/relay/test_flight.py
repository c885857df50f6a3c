import asyncio

import pytest

from turnout.application.relay.answers import RouteTaken
from turnout.application.relay.flight import Departures, Flight, StreamFlight
from turnout.application.relay.shared_stream import Allowance
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeFrame
from turnout.domain.shared.ids import RequestId

TAKEN = RouteTaken(RequestId("req_1"), "default", "a", "m", 1, 0.0)
FAILED = ProviderFailure(FailureKind.OVERLOADED, "busy")


class Call:
    """An upstream call that a test sees begin and end."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.cancelled = False

    async def __call__(self) -> None:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise


async def test_all_aboard_get_the_answer() -> None:
    flight = Flight[str](0.0)
    waiting = [asyncio.create_task(flight.board()) for _ in range(3)]
    await asyncio.sleep(0)
    flight.begin("answer")
    assert await asyncio.gather(*waiting) == ["answer"] * 3
    assert await flight.board() == "answer"


async def test_all_aboard_get_the_error() -> None:
    flight = Flight[str](0.0)
    waiting = [asyncio.create_task(flight.board()) for _ in range(3)]
    await asyncio.sleep(0)
    flight.fail(FAILED)
    assert await asyncio.gather(*waiting, return_exceptions=True) == [FAILED] * 3
    assert not flight.is_joinable


async def test_the_last_to_leave_ends_the_call_and_waits_for_its_end() -> None:
    flight, call = Flight[str](0.0), Call()
    flight.begin("answer")
    flight.depart(call())
    await flight.board()
    await flight.board()
    await call.begun.wait()
    cancelled = []
    for _ in range(2):
        await flight.leave()
        cancelled.append(call.cancelled)
    assert cancelled == [False, True]
    assert not flight.is_joinable


async def test_a_finished_call_is_left_alone() -> None:
    flight, call = Flight[str](0.0), Call()
    flight.begin("answer")
    task = flight.depart(call())
    await flight.board()
    await call.begun.wait()
    flight.finish()
    await flight.leave()
    assert not call.cancelled
    assert flight.is_joinable
    task.cancel()
    await asyncio.wait({task})


async def test_nobody_joins_while_the_call_is_being_ended() -> None:
    departures, flight, call = Departures[Flight[str]](), Flight[str](0.0), Call()
    departures.announce(["key"], flight)
    departures.depart(["key"], flight, call())
    boarding = asyncio.create_task(flight.board())
    await call.begun.wait()
    assert departures.find("key") is flight
    boarding.cancel()
    await asyncio.sleep(0)
    assert departures.find("key") is None
    await asyncio.gather(boarding, return_exceptions=True)


async def test_a_call_that_never_began_is_withdrawn_too() -> None:
    departures, flight, call = Departures[Flight[str]](), Flight[str](0.0), Call()
    departures.announce(["key"], flight)
    departures.depart(["key"], flight, call())
    flight.begin("answer")
    await flight.board()
    await flight.leave()
    assert not call.begun.is_set()
    await departures.all_done()
    assert departures.find("key") is None


async def test_a_closed_flight_is_not_joined() -> None:
    departures, flight = Departures[Flight[str]](), Flight[str](0.0)
    departures.announce(["key"], flight)
    flight.close()
    assert departures.find("key") is None


async def test_a_later_flight_takes_the_place_of_an_earlier_one() -> None:
    departures, gate = Departures[Flight[str]](), asyncio.Event()

    async def call(over: asyncio.Event) -> None:
        await over.wait()

    earlier, later, passed = Flight[str](0.0), Flight[str](1.0), asyncio.Event()
    passed.set()
    for flight, over in ((earlier, passed), (later, gate)):
        departures.announce(["key"], flight)
        departures.depart(["key"], flight, call(over))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    found = [departures.find("key")]
    gate.set()
    await departures.all_done()
    found.append(departures.find("key"))
    assert found == [later, None]


async def test_waiting_for_all_is_waiting_for_none_when_there_is_none() -> None:
    departures = Departures[Flight[str]]()
    await departures.all_done()
    assert departures.find("key") is None


async def test_a_stream_that_forgot_its_beginning_cannot_be_joined() -> None:
    flight = StreamFlight(0.0, Allowance(1), "stream")
    reader = flight.stream.reader()
    flight.stream.add(NativeFrame(b"xx", commits=True))
    assert not flight.is_joinable
    assert (await reader.next()).data == b"xx"


async def test_a_stream_that_fails_fails_for_those_who_read() -> None:
    flight = StreamFlight(0.0, Allowance(1000), "stream")
    reader = flight.stream.reader()
    flight.begin(TAKEN)
    flight.stream.add(NativeFrame(b"x", commits=True))
    flight.fail(FAILED)
    assert (await reader.next()).data == b"x"
    with pytest.raises(ProviderFailure) as failed:
        await reader.next()
    assert failed.value is FAILED
