"""Quantities that are never negative and lean to the right, such as answer times and lengths."""

from dataclasses import dataclass, field
from functools import cache
from math import erf, exp, log, sqrt

from turnout.domain.routing.routing_policy import Roll
from turnout.domain.shared.bounds import positive
from turnout.domain.shared.errors import DomainError

STEPS = 4096
"""So many values, equally likely, stand for the whole distribution: nothing is rarer than that."""
_NORMAL_95 = 1.6448536269514722
"""The standard normal distribution's 95th percentile."""
_FAR = 8.0
_HALVINGS = 48


@dataclass(frozen=True, slots=True)
class Spread:
    """A log-normal distribution, given by its median and its 95th percentile (equal: no chance).

    Raises DomainError `spread.*`.
    """

    median: float
    p95: float
    _values: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        positive("spread", median=self.median, p95=self.p95)
        if self.p95 < self.median:
            raise DomainError(
                "spread.order", f"p95 is {self.p95}: expected {self.median} (median) or more"
            )
        sigma = log(self.p95 / self.median) / _NORMAL_95
        values = tuple(self.median * exp(sigma * normal) for normal in _normals()) if sigma else ()
        object.__setattr__(self, "_values", values)

    def draw(self, roll: Roll) -> float:
        """Return one value, by one roll; by none where median and p95 are one."""
        return self._values[int(roll() * STEPS)] if self._values else self.median


@cache
def _normals() -> tuple[float, ...]:
    """The middle of each of the steps that the standard normal distribution is divided into."""
    return tuple(_quantile((step + 0.5) / STEPS) for step in range(STEPS))


def _quantile(share: float) -> float:
    """Where the standard normal distribution reaches `share`: found by halving."""
    low, high = -_FAR, _FAR
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if (1 + erf(middle / sqrt(2))) / 2 < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2
