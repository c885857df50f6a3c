"""Passage: the events of one caller who reads a streamed answer with others."""

from collections.abc import Callable, Coroutine
from typing import Any

from turnout.application.relay.flight import StreamFlight
from turnout.application.relay.shared_stream import Reader
from turnout.domain.inference.reply import NativeFrame


class Passage:
    """ReplyEvents of one who has boarded `flight`. Closing it leaves the flight, once.

    A plain object and no generator: one of those, closed before it was begun, would never leave.
    `left` is called at the very end.
    """

    __slots__ = ("_closed", "_flight", "_left", "_reader")

    def __init__(self, flight: StreamFlight, reader: Reader, left: Callable[[], None]) -> None:
        self._flight = flight
        self._reader = reader
        self._left = left
        self._closed = False

    def __aiter__(self) -> "Passage":
        return self

    def __anext__(self) -> Coroutine[Any, Any, NativeFrame]:
        """Return all that has come since the last time."""
        return _nothing() if self._closed else self._reader.next()

    async def aclose(self) -> None:
        """Leave; the last one who does ends the call, if it is not over."""
        if self._closed:
            return
        self._closed = True
        self._reader.leave()
        try:
            await self._flight.leave()
        finally:
            self._left()


async def _nothing() -> NativeFrame:
    raise StopAsyncIteration
