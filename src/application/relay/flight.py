"""Flight: one upstream call that several callers wait for, and the board of those under way."""

import asyncio
from collections.abc import Coroutine, Hashable, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from turnout.application.relay.answers import RouteTaken
from turnout.application.relay.shared_stream import Allowance, SharedStream

Start = TypeVar("Start")
AnyFlight = TypeVar("AnyFlight", bound="Flight[Any]")


class Flight(Generic[Start]):
    """One upstream call in a task of its own, so that no caller's hang-up ends it but the last's.

    The call announces its answer, or the beginning of one, by `begin`, an error by `fail`, and by
    `finish` that nothing of it is under way upstream any more.
    """

    __slots__ = ("_begun", "_error", "_finished", "_passengers", "_start", "_task", "is_closed",
                 "started_seconds")  # fmt: skip

    def __init__(self, started_seconds: float) -> None:
        self.started_seconds = started_seconds
        self._begun = asyncio.Event()
        self._start: Start | None = None
        self._error: BaseException | None = None
        self._finished = False
        self.is_closed = False
        self._passengers = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_joinable(self) -> bool:
        """Whether another caller could still have all of the answer."""
        return not self.is_closed

    def depart(self, call: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Begin the call."""
        self._task = asyncio.get_running_loop().create_task(call)
        return self._task

    def begin(self, start: Start) -> None:
        """Give all who wait the answer, or its beginning."""
        self._start = start
        self._begun.set()

    def fail(self, error: BaseException) -> None:
        """Give all who wait the error; once the answer has begun, nobody waits any more."""
        self._error = error
        self.is_closed = True
        self._begun.set()

    def finish(self) -> None:
        """Nothing is left that a hang-up could save."""
        self._finished = True

    def close(self) -> None:
        """Let nobody join any more."""
        self.is_closed = True

    async def board(self) -> Start:
        """Come aboard, and wait for the answer or its beginning.

        Who has boarded must leave. Who gets an exception here, what the call raised or its own
        cancellation, has left.
        """
        self._passengers += 1
        try:
            await self._begun.wait()
            if self._start is None and self._error is not None:
                raise self._error.with_traceback(None)
        except BaseException:
            await self.leave()
            raise
        assert self._start is not None
        return self._start

    async def leave(self) -> None:
        """Go. When this returns to the last passenger, the call is over upstream as well."""
        self._passengers -= 1
        if self._passengers or self._finished or self._task is None:
            return
        self.is_closed = True
        self._task.cancel()
        await asyncio.wait({self._task})


class StreamFlight(Flight[RouteTaken]):
    """A flight whose answer is streamed in `form`; it begins with the commit point."""

    __slots__ = ("form", "stream")

    def __init__(self, started_seconds: float, allowance: Allowance, form: str) -> None:
        super().__init__(started_seconds)
        self.form = form
        self.stream = SharedStream(allowance)

    @property
    def is_joinable(self) -> bool:
        """See Flight."""
        return super().is_joinable and self.stream.is_whole

    def fail(self, error: BaseException) -> None:
        """See Flight; those who read get the error after what came before it."""
        super().fail(error)
        self.stream.end(error)


class Departures(Generic[AnyFlight]):
    """The flights of one worker that others may still join, and the tasks of all of them."""

    __slots__ = ("_open", "_tasks")

    def __init__(self) -> None:
        self._open: dict[Hashable, AnyFlight] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def find(self, key: Hashable) -> AnyFlight | None:
        """Return the latest flight under `key`, one of its keys, if it can still be joined."""
        flight = self._open.get(key)
        return flight if flight is not None and flight.is_joinable else None

    def announce(self, keys: Sequence[Hashable], flight: AnyFlight) -> None:
        """Let others join."""
        for key in keys:
            self._open[key] = flight

    def depart(
        self, keys: Sequence[Hashable], flight: AnyFlight, call: Coroutine[Any, Any, None]
    ) -> None:
        """Begin the call of `flight`. The loop alone would not keep its task alive."""
        task = flight.depart(call)
        self._tasks.add(task)
        task.add_done_callback(partial(self._done, keys, flight))

    async def all_done(self) -> None:
        """Wait for every task under way."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _done(
        self, keys: Sequence[Hashable], flight: AnyFlight, task: "asyncio.Task[None]"
    ) -> None:
        self._tasks.discard(task)
        for key in keys:
            if self._open.get(key) is flight:
                del self._open[key]
