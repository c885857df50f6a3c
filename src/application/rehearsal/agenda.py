"""Virtual time: a clock that jumps to whatever comes next."""

from collections.abc import Callable
from heapq import heappop, heappush
from math import inf


class VirtualClock:
    """A Clock that stands at `now_seconds`, counted from midnight of a day in 1970."""

    __slots__ = ("now_seconds",)

    def __init__(self, now_seconds: float = 0.0) -> None:
        self.now_seconds = now_seconds

    def monotonic_seconds(self) -> float:
        """Return the moment."""
        return self.now_seconds

    def epoch_seconds(self) -> float:
        """Return the moment."""
        return self.now_seconds


class Agenda:
    """What is to be done at which moment; what was noted first comes first at the same one."""

    __slots__ = ("_clock", "_entries", "_number")

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._entries: list[tuple[float, int, Callable[[], None]]] = []
        self._number = 0

    def note(self, at_seconds: float, action: Callable[[], None]) -> None:
        """Have `action` done at that moment."""
        self._number += 1
        heappush(self._entries, (at_seconds, self._number, action))

    def run_until(self, moment_seconds: float = inf) -> None:
        """Do what is due by then, in order, the clock at each entry's moment; then stand there."""
        entries, clock = self._entries, self._clock
        while entries and entries[0][0] <= moment_seconds:
            clock.now_seconds, _, action = heappop(entries)
            action()
        if moment_seconds < inf:
            clock.now_seconds = moment_seconds
