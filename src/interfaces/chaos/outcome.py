"""What became of one request, as its caller sees it."""

from enum import StrEnum

from msgspec import Struct


class Ending(StrEnum):
    """How a request ended. The first five are honest."""

    ANSWERED = "answered"
    """The whole answer, and the end that the protocol asks for."""
    REFUSED = "refused"
    """An HTTP error that says what is wrong, in the protocol's shape."""
    BROKEN = "broken"
    """A stream that ended with a typed error."""
    DECLINED = "declined"
    """The model would not answer, and the protocol's words for that came through."""
    LEFT = "left"
    """The caller hung up on purpose."""
    CUT = "cut"
    """An answer that just stopped."""
    TRUNCATED = "truncated"
    """A text that is not the whole answer, told as if it were."""
    UNEXPLAINED = "unexplained"
    """A status or a body that no client of the protocol understands."""
    LOST = "lost"
    """No answer at all: no connection, no head, or nothing for longer than any caller waits."""


HONEST = {Ending.ANSWERED, Ending.REFUSED, Ending.BROKEN, Ending.DECLINED, Ending.LEFT}


class Outcome(Struct, kw_only=True):
    """One request. Times in seconds; `began_seconds` since 1970.

    `rescued` is how often another provider went on with the answer; each is an attempt too.
    A `shared` answer is that of somebody else's request, whose attempts count there.
    `heartbeats` are comments in a stream, which say that it lives.
    `malformed_events` counts events of a stream that are no JSON; `code` is that of the error told.
    """

    number: int
    question: str = ""
    streamed: bool
    began_seconds: float
    seconds: float = 0.0
    first_token_seconds: float | None = None
    ending: Ending = Ending.LOST
    status: int = 0
    code: str = ""
    provider: str = ""
    attempts: int = 0
    rescued: int = 0
    shared: bool = False
    request_id: str = ""
    retry_after: str = ""
    malformed_events: int = 0
    heartbeats: int = 0
    text: str = ""
    detail: str = ""
