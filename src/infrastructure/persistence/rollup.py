"""Adds attempts up by key, model and time: what people's questions are answered from."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.domain.shared.sketch import Sketch
from turnout.infrastructure.persistence.attempt_rows import TOKENS
from turnout.infrastructure.persistence.ledger_tables import StoredAttempt, StoredRollup

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
)
"""The columns that are sums."""

_ANSWERED = frozenset({AttemptOutcome.COMPLETED, AttemptOutcome.CACHED, AttemptOutcome.SHARED})
_WITHOUT_ATTEMPT = frozenset({AttemptOutcome.CACHED, AttemptOutcome.SHARED})


class Slot(NamedTuple):
    """Of which time, key and model sums are: a StoredRollup's key."""

    resolution: int
    start: int
    route: str
    key_id: str
    key_name: str
    team: str
    project: str
    provider: str
    model: str


@dataclass(slots=True)
class Sums:
    """What has been added up for one slot."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    failures: dict[str, int] = field(default_factory=dict)
    latency: Sketch = field(default_factory=Sketch)
    first_token: Sketch = field(default_factory=Sketch)

    def add(self, attempt: StoredAttempt) -> None:
        """Count one attempt."""
        counts, outcome = self.counts, AttemptOutcome(attempt.outcome)
        own = outcome not in _WITHOUT_ATTEMPT
        counts["requests"] += attempt.number <= 1
        counts["answered"] += outcome in _ANSWERED
        counts["attempts"] += own
        counts["saved"] += attempt.number > 1 and outcome is AttemptOutcome.COMPLETED
        if outcome.value in counts:
            counts[outcome.value] += 1
        if attempt.failure is not None:
            self.failures[attempt.failure] = self.failures.get(attempt.failure, 0) + 1
        counts["unpriced"] += attempt.cost_nanos is None
        counts["cost_nanos"] += attempt.cost_nanos or 0
        if not own:
            return
        for name in TOKENS:
            counts[name] += getattr(attempt, name) or 0
        if outcome is AttemptOutcome.COMPLETED:
            self.latency.add(attempt.seconds)
            if attempt.first_token_seconds is not None:
                self.first_token.add(attempt.first_token_seconds)

    def merge(self, row: StoredRollup) -> None:
        """Add what `row` has."""
        for name in COUNTED:
            self.counts[name] += getattr(row, name)
        for kind, count in row.failures.items():
            self.failures[kind] = self.failures.get(kind, 0) + count
        self.latency.merge(decode_sketch(row.latency))
        self.first_token.merge(decode_sketch(row.first_token))


def added_up(attempts: Iterable[StoredAttempt]) -> dict[Slot, Sums]:
    """Return the sums of `attempts` for each slot that they fall into."""
    sums: dict[Slot, Sums] = {}
    for attempt in attempts:
        for resolution in RESOLUTIONS:
            slot = _slot(attempt, resolution)
            if slot not in sums:
                sums[slot] = Sums()
            sums[slot].add(attempt)
    return sums


def fill(row: StoredRollup, sums: Sums) -> StoredRollup:
    """Have `row` hold `sums`, and return it."""
    for name, count in sums.counts.items():
        setattr(row, name, count)
    row.failures = sums.failures
    row.latency = encode_sketch(sums.latency)
    row.first_token = encode_sketch(sums.first_token)
    return row


def slot_of(row: StoredRollup) -> Slot:
    """Return the slot that `row` is of."""
    return Slot(*(getattr(row, name) for name in Slot._fields))


def encode_sketch(sketch: Sketch) -> bytes:
    """Write the counts as a MessagePack map."""
    return msgspec.msgpack.encode(sketch.counts)


def decode_sketch(data: bytes) -> Sketch:
    """Read what `encode_sketch` wrote."""
    return Sketch(msgspec.msgpack.decode(data, type=dict[int, int]))


def _slot(attempt: StoredAttempt, resolution: int) -> Slot:
    return Slot(
        resolution,
        int(attempt.at // resolution) * resolution,
        attempt.route,
        attempt.key_id or "",
        attempt.key_name,
        attempt.team or "",
        attempt.project or "",
        attempt.provider,
        attempt.model,
    )
