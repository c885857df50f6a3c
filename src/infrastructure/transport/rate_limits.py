"""What providers say in the headers of an answer of what is left of their rate limits.

    x-ratelimit-{limit,remaining,reset}-{requests,tokens}              OpenAI, Azure, Groq, xAI, ...
    x-ratelimit-{limit,remaining}-{req,requests,tokens}-minute         Mistral, Cerebras
    x-ratelimit-{limit,remaining,reset}                                Together, Hugging Face
    anthropic-ratelimit-{requests,tokens,...}-{limit,remaining,reset}  Anthropic

A reset is a duration (`1h2m3.5s`, `120ms`), seconds, a moment in seconds or milliseconds since
1970, or a date of RFC 3339. Sources: those vendors' pages on rate limits, and recorded answers.
"""

import re
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from turnout.domain.routing.headroom import Bucket, Headroom
from turnout.infrastructure.transport.engine import ReplyHeaders

WINDOW_SECONDS = 60.0
"""Where no reset is told: nearly all limits are by the minute."""
_LONGEST_SECONDS = 86_400.0
_EPOCH_FROM = 1e9
"""No wait is as long: a number from here on is a moment, and a thousand times as much is in
milliseconds."""
_DURATION = re.compile(
    r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?"
)
_UNITS = (86_400.0, 3600.0, 60.0, 1.0, 0.001)


_OPEN = "x-ratelimit-limit-{0}", "x-ratelimit-remaining-{0}", "x-ratelimit-reset-{0}"
_ANTHROPIC = (
    "anthropic-ratelimit-{0}-limit",
    "anthropic-ratelimit-{0}-remaining",
    "anthropic-ratelimit-{0}-reset",
)
_Names = tuple[str, str, str]


def _names(form: _Names, *kinds: str) -> tuple[_Names, ...]:
    limit, remaining, reset = form
    return tuple((limit.format(k), remaining.format(k), reset.format(k)) for k in kinds)


_REQUESTS = (
    *_names(_OPEN, "requests", "requests-minute", "req-minute"),
    *_names(_ANTHROPIC, "requests"),
    ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"),
)
_TOKENS = (
    *_names(_OPEN, "tokens", "tokens-minute"),
    *_names(_ANTHROPIC, "tokens", "input-tokens", "output-tokens"),
)


def read_headroom(
    headers: ReplyHeaders, age_seconds: float, epoch_seconds: Callable[[], float] = time.time
) -> Headroom | None:
    """Return what was left when `headers` came, `age_seconds` ago; None where they do not tell.

    Of several limits of a kind, it is the one of which the least is left.
    """
    came_at = epoch_seconds() - age_seconds
    requests = _least(headers, _REQUESTS, came_at)
    tokens = _least(headers, _TOKENS, came_at)
    return None if requests is None and tokens is None else Headroom(requests, tokens)


def _least(headers: ReplyHeaders, names: Iterable[_Names], came_at: float) -> Bucket | None:
    found = (_bucket(headers, each, came_at) for each in names)
    buckets = [bucket for bucket in found if bucket is not None]
    return min(buckets, key=lambda bucket: bucket.remaining / bucket.limit, default=None)


def _bucket(headers: ReplyHeaders, names: _Names, came_at: float) -> Bucket | None:
    remaining = _number(headers.get(names[1]))
    if remaining is None:
        return None
    limit = _number(headers.get(names[0]))
    full_in_seconds = _seconds(headers.get(names[2]), came_at)
    if full_in_seconds is None:
        full_in_seconds = WINDOW_SECONDS
    # Some let a burst go beyond what they call the limit.
    return Bucket(max(limit or 0.0, remaining, 1.0), remaining, full_in_seconds)


def _number(value: str | None) -> float | None:
    try:
        number = float(value) if value is not None else None
    except ValueError:
        return None
    return number if number is not None and 0 <= number < float("inf") else None


def _seconds(value: str | None, came_at: float) -> float | None:
    if not value:
        return None
    seconds = _number(value)
    if seconds is None:
        seconds = _duration(value)
    elif seconds >= _EPOCH_FROM * 1000.0:
        seconds = seconds / 1000.0 - came_at
    elif seconds >= _EPOCH_FROM:
        seconds -= came_at
    if seconds is None:
        seconds = _until(value, came_at)
    return None if seconds is None else min(max(0.0, seconds), _LONGEST_SECONDS)


def _duration(value: str) -> float | None:
    found = _DURATION.fullmatch(value)
    if found is None:
        return None
    parts = zip(found.groups(), _UNITS, strict=True)
    return sum(float(number) * unit for number, unit in parts if number is not None)


def _until(value: str, came_at: float) -> float | None:
    try:
        return datetime.fromisoformat(value).timestamp() - came_at
    except (ValueError, OverflowError):
        return None
