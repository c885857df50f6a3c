"""Sketch: percentiles of any number of values in little memory, that can be added together."""

from collections.abc import Mapping
from math import ceil, exp, floor, log

RELATIVE_ERROR = 0.01
"""How far a percentile may be from the true one, as a share of it."""

LEAST, MOST = 1e-6, 1e7
"""What is less or more counts as that."""

_GROWTH = (1.0 + RELATIVE_ERROR) / (1.0 - RELATIVE_ERROR)
_PER_LOG = 1.0 / log(_GROWTH)
FIRST_PLACE, LAST_PLACE = floor(log(LEAST) * _PER_LOG), floor(log(MOST) * _PER_LOG)
"""The buckets that there are."""


class Sketch:
    """Counts values in buckets that grow by a constant factor (DDSketch, Masson et al. 2019).

    `counts` are those of the buckets that hold any, by the bucket's place: all there is to store.
    """

    __slots__ = ("counts",)

    def __init__(self, counts: Mapping[int, int] | None = None) -> None:
        self.counts: dict[int, int] = dict(counts or {})

    @property
    def count(self) -> int:
        """How many values have been counted."""
        return sum(self.counts.values())

    def add(self, value: float) -> None:
        """Count one value."""
        place = floor(log(value) * _PER_LOG) if value > LEAST else FIRST_PLACE
        place = min(place, LAST_PLACE)
        self.counts[place] = self.counts.get(place, 0) + 1

    def merge(self, other: "Sketch") -> None:
        """Count all that `other` has counted: no less exact than if one had counted them all."""
        for place, count in other.counts.items():
            self.counts[place] = self.counts.get(place, 0) + count

    def percentile(self, share: float) -> float | None:
        """Return the value that `share` (0 to 1) of all stay within; None of no values."""
        wanted = max(1, ceil(self.count * share))
        for place in sorted(self.counts):
            wanted -= self.counts[place]
            if wanted <= 0:
                return _middle(place)
        return None


def _middle(place: int) -> float:
    """The value that is as far, in proportion, from either end of the bucket."""
    return 2.0 * exp((place + 1) / _PER_LOG) / (_GROWTH + 1.0)
