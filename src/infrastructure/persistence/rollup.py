"""Adds attempts up by time, key and model: what people's questions are answered from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple, TypeVar

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.domain.shared.sketch import Sketch
from turnout.infrastructure.persistence.attempt_rows import TOKENS
from turnout.infrastructure.persistence.ledger_tables import StoredAttempt
from turnout.infrastructure.persistence.rollup_tables import (
    Rolled,
    StoredCallerRollup,
    StoredRollup,
    StoredTrafficRollup,
)
from turnout.infrastructure.persistence.sketch_bytes import decode_sketch as decode_sketch
from turnout.infrastructure.persistence.sketch_bytes import encode_sketch

RESOLUTIONS = (60, 3_600, 86_400)
"""Minutes, hours and days (of UTC), in seconds."""

COUNTED = (
    "requests",
    "answered",
    "attempts",
    "failed",
    "abandoned",
    "cached",
    "shared",
    "hedged",
    "saved",
    "unpriced",
    *TOKENS,
    "cost_nanos",
    "avoided_nanos",
)
"""The columns that are sums."""

_ANSWERED = frozenset({AttemptOutcome.COMPLETED, AttemptOutcome.CACHED, AttemptOutcome.SHARED})
_tokens = attrgetter(*TOKENS)


class Traffic(NamedTuple):
    """Where attempts went: a StoredTrafficRollup's key, as far as it is no time."""

    route: str
    provider: str
    model: str


class Caller(NamedTuple):
    """Who called: a StoredCallerRollup's key, as far as it is no time."""

    key_id: str
    key_name: str
    team: str
    project: str


class Course(NamedTuple):
    """Both: a StoredRollup's key, as far as it is no time."""

    route: str
    key_id: str
    key_name: str
    team: str
    project: str
    provider: str
    model: str


Subject = Traffic | Caller | Course

TABLES: Mapping[type[Subject], type[Rolled]] = {
    Course: StoredRollup,
    Traffic: StoredTrafficRollup,
    Caller: StoredCallerRollup,
}
"""Where the sums of each kind of subject are kept."""


class Slot(NamedTuple):
    """What sums are of: a time, in seconds, and a subject."""

    resolution: int
    start: int
    subject: Subject


@dataclass(slots=True)
class Sums:
    """What has been added up for one slot."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    failures: dict[str, int] = field(default_factory=dict)
    latency: Sketch = field(default_factory=Sketch)
    first_token: Sketch = field(default_factory=Sketch)

    def add(self, attempt: StoredAttempt) -> None:
        """Count one attempt, or a request that took none."""
        counts, outcome = self.counts, AttemptOutcome(attempt.outcome)
        own = attempt.number > 0
        counts["requests"] += attempt.number <= 1
        counts["answered"] += outcome in _ANSWERED
        counts["avoided_nanos"] += attempt.avoided_nanos or 0
        if not own:
            counts["cached"] += outcome is AttemptOutcome.CACHED
            counts["shared"] += outcome is AttemptOutcome.SHARED
            return
        counts["attempts"] += 1
        counts["saved"] += attempt.number > 1 and outcome is AttemptOutcome.COMPLETED
        if outcome.value in counts:
            counts[outcome.value] += 1
        if attempt.failure is not None:
            self.failures[attempt.failure] = self.failures.get(attempt.failure, 0) + 1
        counts["unpriced"] += attempt.cost_nanos is None
        counts["cost_nanos"] += attempt.cost_nanos or 0
        for name, tokens in zip(TOKENS, _tokens(attempt), strict=True):
            counts[name] += tokens or 0
        if outcome is AttemptOutcome.COMPLETED:
            self.latency.add(attempt.seconds)
            if attempt.first_token_seconds is not None:
                self.first_token.add(attempt.first_token_seconds)

    def merge(self, other: "Sums") -> None:
        """Add what `other` has."""
        for name, count in other.counts.items():
            self.counts[name] += count
        for kind, count in other.failures.items():
            self.failures[kind] = self.failures.get(kind, 0) + count
        self.latency.merge(other.latency)
        self.first_token.merge(other.first_token)


def added_up(attempts: Iterable[StoredAttempt]) -> dict[Slot, Sums]:
    """Return the sums of `attempts` for each slot that they fall into."""
    minutes: defaultdict[tuple[int, Course], Sums] = defaultdict(Sums)
    for attempt in attempts:
        minutes[int(attempt.at // 60) * 60, _course_of(attempt)].add(attempt)
    sums: defaultdict[Slot, Sums] = defaultdict(Sums)
    for (start, course), minute in minutes.items():
        for resolution in RESOLUTIONS:
            for subject in _subjects(course):
                sums[Slot(resolution, start - start % resolution, subject)].merge(minute)
    return dict(sums)


def sums_of(row: Rolled) -> Sums:
    """Return what `row` holds."""
    return Sums(
        {name: getattr(row, name) for name in COUNTED},
        dict(row.failures),
        decode_sketch(row.latency),
        decode_sketch(row.first_token),
    )


def new_row(slot: Slot) -> Rolled:
    """Return a row for `slot`, without sums."""
    table = TABLES[type(slot.subject)]
    return table(resolution=slot.resolution, start=slot.start, **slot.subject._asdict())


Row = TypeVar("Row", bound=Rolled)


def fill(row: Row, sums: Sums) -> Row:
    """Have `row` hold `sums`, and return it."""
    for name, count in sums.counts.items():
        setattr(row, name, count)
    row.failures = sums.failures
    row.latency = encode_sketch(sums.latency)
    row.first_token = encode_sketch(sums.first_token)
    return row


def slot_of(row: Rolled, kind: type[Subject]) -> Slot:
    """Return the slot that `row` is of, whose subject is of `kind`."""
    subject = kind(*(getattr(row, name) for name in kind._fields))
    return Slot(row.resolution, row.start, subject)


def _course_of(attempt: StoredAttempt) -> Course:
    names = attempt.key_id or "", attempt.key_name, attempt.team or "", attempt.project or ""
    return Course(attempt.route, *names, attempt.provider, attempt.model)


def _subjects(course: Course) -> tuple[Subject, ...]:
    return (
        course,
        Traffic(course.route, course.provider, course.model),
        Caller(course.key_id, course.key_name, course.team, course.project),
    )
