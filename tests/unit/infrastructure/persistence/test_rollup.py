from tests.support.attempts import GRANT, attempt_record

from turnout.application.ports.usage_ledger import AttemptOutcome, AttemptRecord
from turnout.domain.inference.failure import FailureKind
from turnout.infrastructure.persistence.attempt_rows import COLUMNS, row_of
from turnout.infrastructure.persistence.ledger_tables import StoredAttempt, StoredRollup
from turnout.infrastructure.persistence.rollup import (
    RESOLUTIONS,
    Slot,
    Sums,
    added_up,
    fill,
    slot_of,
)


def stored(record: AttemptRecord) -> StoredAttempt:
    return StoredAttempt(**dict(zip(COLUMNS, row_of(record, 0.0), strict=True)))


def slot(resolution: int, start: int) -> Slot:
    names = GRANT.key_name, GRANT.team or "", GRANT.project or ""
    return Slot(resolution, start, "default", "", *names, "a", "m")


FAILED = attempt_record(1, outcome=AttemptOutcome.FAILED, failure=FailureKind.TIMEOUT, usage=None)


def test_a_request_counts_once_however_many_attempts_it_took() -> None:
    sums = added_up(map(stored, [FAILED, attempt_record(2)]))[slot(60, 0)]
    counts = sums.counts
    found = [counts[n] for n in ("requests", "answered", "attempts", "failed", "saved")]
    assert found == [1, 1, 2, 1, 1]
    assert sums.failures == {"timeout": 1}
    assert counts["cost_nanos"] == 3_500_000
    assert (sums.latency.count, sums.first_token.count) == (1, 1)


def test_what_took_no_attempt_is_a_request_without_tokens_or_cost() -> None:
    sums = added_up([stored(attempt_record(0, outcome=AttemptOutcome.CACHED))])[slot(60, 0)]
    counts = sums.counts
    assert [counts[n] for n in ("requests", "answered", "attempts", "cached")] == [1, 1, 0, 1]
    assert (counts["input_tokens"], counts["cost_nanos"], counts["unpriced"]) == (0, 0, 0)


def test_an_unknown_cost_is_counted_and_not_summed() -> None:
    sums = added_up([stored(attempt_record(price=None))])[slot(60, 0)]
    assert (sums.counts["unpriced"], sums.counts["cost_nanos"]) == (1, 0)


def test_every_attempt_is_in_its_minute_hour_and_day() -> None:
    sums = added_up([stored(attempt_record(ended_seconds=90_061.0))])
    assert set(sums) == {slot(60, 90_060), slot(3_600, 90_000), slot(86_400, 86_400)}
    assert len(sums) == len(RESOLUTIONS)


def test_sums_that_were_stored_go_on() -> None:
    first = added_up(map(stored, [FAILED, attempt_record(2)]))[slot(60, 0)]
    row = fill(StoredRollup(**slot(60, 0)._asdict()), first)
    assert slot_of(row) == slot(60, 0)
    second = Sums()
    second.add(stored(attempt_record()))
    second.merge(row)
    whole = added_up(map(stored, [FAILED, attempt_record(2), attempt_record()]))[slot(60, 0)]
    assert second.counts == whole.counts
    assert second.failures == whole.failures
    assert second.latency.counts == whole.latency.counts
