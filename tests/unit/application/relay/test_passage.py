import asyncio
from contextlib import aclosing

import pytest

from turnout.application.relay.answers import RouteTaken
from turnout.application.relay.flight import StreamFlight
from turnout.application.relay.passage import Passage
from turnout.application.relay.shared_stream import Allowance
from turnout.domain.inference.reply import NativeFrame
from turnout.domain.shared.ids import RequestId

TAKEN = RouteTaken(RequestId("req_1"), "default", "a", "m", 1, 0.0)
ONE = NativeFrame(b"one", commits=True)


async def boarded(flight: StreamFlight, left: list[str]) -> Passage:
    flight.begin(TAKEN)
    await flight.board()
    return Passage(flight, flight.stream.reader(), lambda: left.append("left"))


async def test_it_reads_to_the_end() -> None:
    flight, left = StreamFlight(0.0, Allowance(1000), "stream"), list[str]()
    passage = await boarded(flight, left)
    flight.stream.add(ONE)
    flight.stream.end()
    async with aclosing(passage) as events:
        assert [event async for event in events] == [ONE]
        assert left == []
    assert left == ["left"]


async def test_closing_unread_leaves_as_well_and_once() -> None:
    flight, left = StreamFlight(0.0, Allowance(1000), "stream"), list[str]()
    call = flight.depart(asyncio.Event().wait())  # type: ignore[arg-type]
    passage = await boarded(flight, left)
    await passage.aclose()
    await passage.aclose()
    assert call.cancelled()
    assert left == ["left"]
    with pytest.raises(StopAsyncIteration):
        await anext(passage)
