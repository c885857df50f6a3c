"""Clock, dice and names that a test decides."""

from collections.abc import Iterable
from itertools import cycle

from turnout.domain.shared.ids import RequestId


class FrozenClock:
    """Stands still until told to move."""

    def __init__(self, monotonic: float = 1000.0, epoch: float = 1_700_000_000.0) -> None:
        self.monotonic = monotonic
        self.epoch = epoch

    def monotonic_seconds(self) -> float:
        return self.monotonic

    def epoch_seconds(self) -> float:
        return self.epoch

    def move(self, seconds: float) -> None:
        self.monotonic += seconds
        self.epoch += seconds


class LoadedDice:
    """Rolls what it was given, over and over."""

    def __init__(self, rolls: Iterable[float] = (0.0,)) -> None:
        self._rolls = cycle(rolls)

    def roll(self) -> float:
        return next(self._rolls)


class CountingIds:
    """req_1, req_2, ..."""

    def __init__(self) -> None:
        self._number = 0

    def next_request(self) -> RequestId:
        self._number += 1
        return RequestId(f"req_{self._number}")
