"""How long a provider asks to be left alone.

Sources: RFC 9110, 10.2.3 (`retry-after`: seconds or a date); OpenAI and Azure also send
`retry-after-ms`.
"""

import time
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime

from turnout.infrastructure.transport.engine import ReplyHeaders

LONGEST_SECONDS = 86_400.0
"""Nobody is waited for longer than a day."""


def retry_after_seconds(
    headers: ReplyHeaders, epoch_seconds: Callable[[], float] = time.time
) -> float | None:
    """Return the seconds to wait from now on, None when the headers do not tell, or in no sense.

    A date that has passed means 0. `epoch_seconds` tells the time, for dates.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return min(milliseconds / 1000.0, LONGEST_SECONDS)
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is None and value is not None:
        seconds = _until(value, epoch_seconds)
    return None if seconds is None else min(seconds, LONGEST_SECONDS)


def _number(value: str | None) -> float | None:
    try:
        number = float(value) if value is not None else None
    except ValueError:
        return None
    return number if number is not None and 0 <= number < float("inf") else None


def _until(value: str, epoch_seconds: Callable[[], float]) -> float | None:
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:  # the header's dates are in GMT, also where they do not say so
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, moment.timestamp() - epoch_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
