"""The system's clock."""

import time


class SystemClock:
    """Clock on the machine's own time."""

    __slots__ = ()
    monotonic_seconds = staticmethod(time.monotonic)
    epoch_seconds = staticmethod(time.time)
