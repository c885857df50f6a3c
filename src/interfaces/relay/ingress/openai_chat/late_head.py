"""What the head of a stream could not tell, since it went out before it was known who answers.

It goes into the chunk that finishes the answer, beside what is told there of a rescue.
"""

import re

import msgspec

from turnout.application.relay.answers import RouteTaken

_FINISH = re.compile(rb'"finish_reason"\s*:\s*"')
"""Inside a text of the answer the quotes would be escaped."""
_TOLD = b'"x_turnout":{'


class LateHead:
    """Knows the way that an answer took."""

    __slots__ = ("_members",)

    def __init__(self, taken: RouteTaken) -> None:
        told: dict[str, object] = {
            "request_id": taken.request_id,
            "provider": taken.provider,
            "model": taken.model,
            "route": taken.route,
            "attempts": taken.attempts,
            "cache": taken.cache.value,
        }
        if taken.dropped:
            told["dropped"] = taken.dropped
        self._members = msgspec.json.encode(told)[1:-1]

    def put_into(self, events: bytes) -> bytes:
        """Return `events`, whole ones, with the way told in each chunk that finishes a choice."""
        if not _FINISH.search(events):
            return events
        return b"".join(map(self._put_into_line, events.splitlines(keepends=True)))

    def _put_into_line(self, line: bytes) -> bytes:
        found = _FINISH.search(line)
        if found is None:
            return line
        begun = line.find(_TOLD, found.end())
        if begun >= 0:
            place = begun + len(_TOLD)
            return b"".join((line[:place], self._members, b",", line[place:]))
        place = line.rfind(b"}", found.end())
        if place < 0:
            return line
        return b"".join((line[:place], b",", _TOLD, self._members, b"}", line[place:]))
