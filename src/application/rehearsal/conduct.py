"""How a simulated provider behaves, and how that changes over the day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from math import inf

from turnout.application.rehearsal.spread import Spread
from turnout.domain.inference.failure import FailureKind


class Moment(Enum):
    """When in an answer's course a fault strikes."""

    AT_ONCE = auto()
    """Instead of an answer, as soon as an error takes."""
    SILENT = auto()
    """Nothing ever comes."""
    CUT = auto()
    """After some tokens the connection ends."""
    STALL = auto()
    """After some tokens nothing follows."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and when; `tokens` still come before a cut or a stall."""

    kind: FailureKind
    moment: Moment = Moment.AT_ONCE
    status: int | None = None
    tokens: int = 0


FIRST_TOKEN_SECONDS = Spread(0.4, 1.2)
TOKENS_PER_SECOND = Spread(60.0, 110.0)


@dataclass(frozen=True, slots=True)
class Conduct:
    """Times, faults and bounds of a provider while nothing changes.

    Of its requests the share `fault_share` meets one of the `faults`. More than `at_once` requests
    under way slow each other down in proportion; more than `requests_per_minute` are told to come
    again when the next minute begins.
    """

    first_token_seconds: Spread = FIRST_TOKEN_SECONDS
    tokens_per_second: Spread = TOKENS_PER_SECOND
    error_seconds: float = 0.05
    fault_share: float = 0.0
    faults: tuple[Fault, ...] = ()
    retry_after_seconds: float | None = None
    slower: float = 1.0
    at_once: int | None = None
    requests_per_minute: int | None = None

    def thinned(self, part: float) -> "Conduct":
        """Return the conduct with bounds for that part of the requests."""
        at_once, a_minute = self.at_once, self.requests_per_minute
        return replace(
            self,
            at_once=None if at_once is None else max(1, round(at_once * part)),
            requests_per_minute=None if a_minute is None else max(1, round(a_minute * part)),
        )


@dataclass(frozen=True, slots=True)
class Spell:
    """A conduct that holds from one moment to another, in seconds since midnight."""

    name: str
    from_seconds: float
    to_seconds: float
    conduct: Conduct

    def thinned(self, part: float) -> "Spell":
        """Return the spell with bounds for that part of the requests."""
        return replace(self, conduct=self.conduct.thinned(part))


class Conducts:
    """A provider's conduct through the day: `usual`, but for its spells. Time does not go back."""

    __slots__ = ("_left", "_now", "_until", "_usual")

    def __init__(self, usual: Conduct, spells: Sequence[Spell]) -> None:
        self._usual = usual
        self._left = sorted(spells, key=lambda spell: spell.from_seconds)
        self._now = usual
        self._until = -inf

    def at(self, now_seconds: float) -> Conduct:
        """Return what holds now; of two spells at once the one that began first."""
        if now_seconds >= self._until:
            self._look(now_seconds)
        return self._now

    def _look(self, now_seconds: float) -> None:
        while self._left and self._left[0].to_seconds <= now_seconds:
            self._left.pop(0)
        following = self._left[0] if self._left else None
        if following is None:
            self._now, self._until = self._usual, inf
        elif following.from_seconds <= now_seconds:
            self._now, self._until = following.conduct, following.to_seconds
        else:
            self._now, self._until = self._usual, following.from_seconds
