"""RollingWindow: how many calls of the last seconds failed, and how many were slow."""

from collections import deque
from dataclasses import dataclass, field

SLICES = 12
"""A window forgets one of its slices at a time: it is as long as said, less one slice at most."""


@dataclass(slots=True)
class _Slice:
    number: int
    calls: int = 0
    failures: int = 0
    slow: int = 0


@dataclass(slots=True, eq=False)
class RollingWindow:
    """Counts that roll on. Each outcome costs the same however many there are.

    Times are seconds of a monotonic clock, and come in order; one that comes late counts as the
    latest. `calls`, `failures` and `slow` are of the window as of the last time given.
    """

    window_seconds: float
    calls: int = 0
    failures: int = 0
    slow: int = 0
    _slices: deque[_Slice] = field(default_factory=deque)
    _newest: _Slice = field(default_factory=lambda: _Slice(-1))
    _newest_until_seconds: float = float("-inf")

    def note(self, now_seconds: float, *, good: bool, slow: bool) -> None:
        """Count one outcome."""
        if now_seconds >= self._newest_until_seconds:
            self._begin_slice(int(now_seconds * SLICES / self.window_seconds))
        newest = self._newest
        newest.calls += 1
        self.calls += 1
        if not good:
            newest.failures += 1
            self.failures += 1
        if slow:
            newest.slow += 1
            self.slow += 1

    def roll(self, now_seconds: float) -> None:
        """Forget what is too old by now."""
        self._forget_before(int(now_seconds * SLICES / self.window_seconds) - SLICES + 1)

    def clear(self) -> None:
        """Forget everything."""
        self._slices.clear()
        self._newest_until_seconds = float("-inf")
        self.calls = self.failures = self.slow = 0

    def _begin_slice(self, number: int) -> None:
        self._forget_before(number - SLICES + 1)
        self._newest = _Slice(number)
        self._newest_until_seconds = (number + 1) * self.window_seconds / SLICES
        self._slices.append(self._newest)

    def _forget_before(self, number: int) -> None:
        slices = self._slices
        while slices and slices[0].number < number:
            oldest = slices.popleft()
            self.calls -= oldest.calls
            self.failures -= oldest.failures
            self.slow -= oldest.slow
