"""Numbers of the ledger's batches: a worker's own, and in the order of time.

63 bits = milliseconds since 1970 (42) | worker (13) | count within the millisecond (8)
"""

from collections.abc import Iterator
from secrets import randbits

from turnout.application.ports.system import Clock

_WORKER_BITS, _COUNT_BITS = 13, 8
_LOW_BITS = _WORKER_BITS + _COUNT_BITS


def first_number_at(epoch_seconds: float) -> int:
    """Return what every batch of that moment or later is numbered at least."""
    return int(epoch_seconds * 1000) << _LOW_BITS


def batch_numbers(clock: Clock) -> Iterator[int]:
    """Yield numbers that grow, and that no other worker has but by a chance nobody will meet:
    two of them would have to draw the same 13 bits and write in the same millisecond."""
    worker = randbits(_WORKER_BITS) << _COUNT_BITS
    moment, count = 0, 0
    while True:
        now = max(first_number_at(clock.epoch_seconds()), moment)
        count = count + 1 if now == moment else 0
        if count >> _COUNT_BITS:
            now, count = now + (1 << _LOW_BITS), 0
        moment = now
        yield moment | worker | count
