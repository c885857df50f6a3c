"""FirstTokens: how long one deployment lets its callers wait for the first token."""

from collections import deque
from dataclasses import dataclass, field
from math import ceil

REMEMBERED = 128
"""How many of the latest waits are remembered."""
FEWEST = 20
"""With fewer waits than this, nothing is said of them."""
_NEWS = 8
"""After so many new waits a quantile is worked out anew."""
_USUAL_COUNT = 256
_USUAL_SHARE = 1 / _USUAL_COUNT
"""What a new wait counts in the long-term mean, once there are as many."""


@dataclass(slots=True)
class FirstTokens:
    """The latest waits in seconds, and their long-term mean.

    Quantiles are of the remembered waits by nearest rank, at most a few waits old: asking costs
    nothing, a sort of the waits is due every eighth time.
    """

    usual_seconds: float = 0.0
    """An exponential mean with a long memory; of the first waits the plain one."""
    count: int = 0
    _latest: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED), init=False)
    _high: float = field(default=0.0, init=False)
    _high_at: int = field(default=-_NEWS, init=False)

    def saw(self, seconds: float) -> None:
        """Take a wait; one that was cut short counts as long as it lasted."""
        self.count += 1
        self._latest.append(seconds)
        share = _USUAL_SHARE if self.count > _USUAL_COUNT else 1 / self.count
        self.usual_seconds += (seconds - self.usual_seconds) * share

    def strain(self, seconds: float) -> float | None:
        """Return a wait as a multiple of the usual one, None as long as too few are known."""
        if self.count < FEWEST or self.usual_seconds <= 0:
            return None
        return seconds / self.usual_seconds

    def p95(self) -> float | None:
        """Return the wait that 19 of 20 stay within, None as long as too few are known."""
        if self.count < FEWEST:
            return None
        if self.count - self._high_at >= _NEWS:
            ordered = sorted(self._latest)
            self._high = ordered[ceil(0.95 * len(ordered)) - 1]
            self._high_at = self.count
        return self._high
