"""What lets identical calls share one answer: the caller's wish, and the part of the way in."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from turnout.domain.inference.reply import Reply, ReplyEvent
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.ids import RequestId


class CacheStatus(StrEnum):
    """Where an answer came from. The values are the words of the header `x-turnout-cache`."""

    HIT = "hit"
    """From the cache."""
    MISS = "miss"
    """From a provider, and others may share it."""
    SHARED = "shared"
    """From a call to a provider that another request had begun."""
    BYPASS = "bypass"
    """From a provider, for this caller alone."""


@dataclass(frozen=True, slots=True)
class CacheWish:
    """What the caller said: for or against sharing, or nothing; and how old an answer may be.

    Only what is younger than `max_age_seconds` will do; 0 asks for a new answer.
    """

    opted: bool | None = None
    max_age_seconds: float | None = None

    def accepts(self, age_seconds: float) -> bool:
        """Tell whether an answer that was begun so long ago will do."""
        return self.max_age_seconds is None or age_seconds < self.max_age_seconds


class AnswerWriter(Protocol):
    """Writes one streamed canonical answer in the caller's protocol."""

    def write(self, event: ReplyEvent) -> bytes:
        """Return the bytes that tell `event`; nothing where it says nothing yet."""
        ...

    def end(self) -> bytes:
        """Return the end of a complete answer."""
        ...


class Wording(Protocol):
    """How the way in words an answer for one call, so that several callers can have the bytes."""

    def whole(self, reply: Reply, request: RequestId) -> bytes:
        """Return a whole answer; `request` stands in for a vendor that gives no id."""
        ...

    def writer(self, request: RequestId, model: str) -> AnswerWriter:
        """Return the writer of one streamed answer."""
        ...

    def reworded(self, answer: bytes, form: str, usage: TokenUsage | None) -> bytes | None:
        """Return an answer of another `form` in this call's; None where something would be lost."""
        ...


@dataclass(slots=True)
class Sharing:
    """What the relay must know of a call before another may have its answer.

    `repeatable` is a call that asks for the same answer every time (temperature 0, or a seed).
    `acts` is one whose answer does more than tell (tools, a search, storing it at the provider).
    `form` names the shape of the answer's bytes: calls that differ in nothing else have one
    `fingerprint`, which covers the whole request, the model included. It is not frozen since there
    is one for every request.
    """

    repeatable: bool
    acts: bool
    wish: CacheWish
    form: str
    fingerprint: Callable[[], bytes]
    wording: Wording
