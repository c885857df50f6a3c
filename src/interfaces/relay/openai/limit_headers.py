"""What callers are told of their limits: headers of every answer.

Source: OpenAI's rate limit headers, whose names clients know.
"""

from collections.abc import Iterator

from turnout.domain.inference.metering import Meter, Remaining
from turnout.interfaces.relay.rsgi.wire import HeaderList


def limit_headers(requests: Remaining | None, tokens: Remaining | None) -> HeaderList:
    """Return `x-ratelimit-*` for what is limited."""
    return [*_of("requests", requests), *_of("tokens", tokens)]


def headers_of(meter: Meter | None) -> HeaderList:
    """Return the headers for a request that was let through."""
    return [] if meter is None else limit_headers(meter.requests, meter.tokens)


def _of(what: str, remaining: Remaining | None) -> Iterator[tuple[str, str]]:
    if remaining is not None:
        yield f"x-ratelimit-limit-{what}", str(remaining.limit)
        yield f"x-ratelimit-remaining-{what}", str(remaining.left)
        yield f"x-ratelimit-reset-{what}", _duration(remaining.reset_seconds)


def _duration(seconds: float) -> str:
    """Write as clients expect it: `120ms`, `1.5s`, `2m3s`."""
    if seconds < 1.0:
        return f"{round(seconds * 1000)}ms"
    minutes, rest = divmod(round(seconds, 3), 60.0)
    return f"{int(minutes)}m{rest:g}s" if minutes else f"{rest:g}s"
