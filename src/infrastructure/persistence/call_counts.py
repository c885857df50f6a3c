"""SqlCallCounts: how calls went lately, from the ledger, over a StoreLink."""

import msgspec

from turnout.application.ports.alerting import Called
from turnout.application.ports.system import Clock
from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.domain.alerting.burn import Calls
from turnout.domain.inference.failure import DISPOSITIONS, FailureKind
from turnout.domain.shared.sketch import Sketch
from turnout.infrastructure.persistence.batch_numbers import first_number_at
from turnout.infrastructure.persistence.rollup import decode_sketch
from turnout.infrastructure.persistence.store_link import StoreLink

SHORT_SECONDS = 120.0
"""A span up to this long is counted by attempts, a longer one by the minute."""
_HALF_A_MINUTE = 30.0
_FAILURES = frozenset(kind for kind, means in DISPOSITIONS.items() if means.hurts_health) | {
    FailureKind.RATE_LIMITED,
    FailureKind.QUOTA_EXHAUSTED,
}
"""What the provider is to blame for; the others are the caller's."""

_MINUTES = """
SELECT provider, model, attempts, abandoned, hedged, failures
FROM ledger_traffic_rollup WHERE resolution = 60 AND start >= ? AND attempts > 0
"""
_ATTEMPTS = """
SELECT provider, model, outcome, failure, count(*) FROM ledger_attempt
WHERE batch >= ? AND at >= ? AND number > 0 AND outcome IN (?, ?)
GROUP BY provider, model, outcome, failure
"""
_LATENCIES = """
SELECT provider, model, latency FROM ledger_traffic_rollup
WHERE resolution = 60 AND start >= ? AND attempts > 0
"""
_COUNTED = (AttemptOutcome.COMPLETED.value, AttemptOutcome.FAILED.value)


class SqlCallCounts:
    """A CallCounts. Failures that the caller is to blame for are no calls here."""

    def __init__(self, link: StoreLink, clock: Clock) -> None:
        self._link = link
        self._clock = clock

    async def calls(self, since: float) -> dict[Called, Calls]:
        """See CallCounts."""
        if self._clock.epoch_seconds() - since <= SHORT_SECONDS:
            return await self._by_attempts(since)
        totals: dict[Called, Calls] = {}
        rows = await self._link.rows(_MINUTES, int(since - _HALF_A_MINUTE))
        for provider, model, attempts, abandoned, hedged, told in rows:
            failures = msgspec.json.decode(told, type=dict[str, int])
            failed = sum(count for kind, count in failures.items() if kind in _FAILURES)
            excused = sum(failures.values()) - failed
            calls = Calls(attempts - abandoned - hedged - excused, failed)
            called = Called(provider, model)
            totals[called] = totals.get(called, Calls()) + calls
        return totals

    async def latencies(self, since: float) -> dict[Called, Sketch]:
        """See CallCounts."""
        sketches: dict[Called, Sketch] = {}
        rows = await self._link.rows(_LATENCIES, int(since - _HALF_A_MINUTE))
        for provider, model, latency in rows:
            sketches.setdefault(Called(provider, model), Sketch()).merge(decode_sketch(latency))
        return sketches

    async def _by_attempts(self, since: float) -> dict[Called, Calls]:
        totals: dict[Called, Calls] = {}
        rows = await self._link.rows(_ATTEMPTS, first_number_at(since), since, *_COUNTED)
        for provider, model, outcome, failure, count in rows:
            has_failed = outcome == AttemptOutcome.FAILED.value
            if has_failed and failure not in _FAILURES:
                continue
            called = Called(provider, model)
            totals[called] = totals.get(called, Calls()) + Calls(count, count * has_failed)
        return totals
