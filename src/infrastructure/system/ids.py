"""Names of requests."""

from itertools import count
from secrets import token_hex

from turnout.domain.shared.ids import RequestId


class RandomIds:
    """IdSource: a random start for each process, then a count: unique, short, and cheap to make."""

    __slots__ = ("_numbers", "_start")

    def __init__(self) -> None:
        self._start = token_hex(6)
        self._numbers = count(1)

    def next_request(self) -> RequestId:
        """Return `req_` and hexadecimal digits."""
        return RequestId(f"req_{self._start}{next(self._numbers):08x}")
