"""When a request is tried again at the same target, and after which wait: pure functions.

The wait is exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter", 2015):
a random part of a bound that doubles with each try.
"""

from dataclasses import dataclass

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.routing.routing_policy import Roll

_TRANSIENT = frozenset({FailureKind.OVERLOADED, FailureKind.TRANSPORT, FailureKind.MALFORMED})
"""Worth one more try where it happened. A target that stayed silent (TIMEOUT) is not among them:
it has cost its time already."""
_PASSING = _TRANSIENT | {FailureKind.RATE_LIMITED}
"""Worth waiting for, where there is nowhere else to go."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Bounds of the wait in seconds: the first try's, and the longest.

    `patience_seconds` is the longest that a provider may ask for: beyond it the caller is told at
    once, and may wait itself.
    """

    first_seconds: float = 0.1
    longest_seconds: float = 5.0
    patience_seconds: float = 20.0

    def wait_seconds(self, tries: int, roll: Roll) -> float:
        """Return the wait before another try at a target that has been tried `tries` times."""
        bound = min(self.longest_seconds, self.first_seconds * 2.0 ** min(tries - 1, 32))
        return bound * roll()


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a request stands after a failure.

    `tries` counts those at this target so far; `first` tells whether it is the plan's first;
    `elsewhere` whether another target is left; `left_seconds` the time until the deadline.
    """

    tries: int
    first: bool
    elsewhere: bool
    left_seconds: float


def wait_before_retry(
    failure: ProviderFailure, at: Situation, backoff: Backoff, roll: Roll
) -> float | None:
    """Return the seconds to wait before trying the same target again, None to go elsewhere.

    With another target left, only the first target gets a second try, and only for what is
    transient. With none left, what passes is waited for. What the provider asks for is kept to:
    where it is longer than the deadline, waiting is no use.
    """
    if at.elsewhere:
        again = at.first and at.tries == 1 and failure.kind in _TRANSIENT
        again = again and failure.retry_after_seconds is None
    else:
        again = failure.kind in _PASSING
    if not again:
        return None
    asked = failure.retry_after_seconds or 0.0
    wait = max(backoff.wait_seconds(at.tries, roll), asked)
    return wait if asked <= backoff.patience_seconds and wait < at.left_seconds else None
