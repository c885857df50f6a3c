"""What one batch of attempts adds up to."""

from tests.support.attempts import GRANT, PRICE, USED, attempt_record

from turnout.application.ports.usage_ledger import AttemptOutcome, AttemptRecord
from turnout.domain.inference.failure import FailureKind
from turnout.infrastructure.persistence.attempt_rows import COLUMNS, row_of
from turnout.infrastructure.persistence.ledger_tables import StoredAttempt
from turnout.infrastructure.persistence.rollup import (
    RESOLUTIONS,
    TABLES,
    Caller,
    Course,
    Slot,
    Traffic,
    added_up,
    fill,
    new_row,
    slot_of,
    sums_of,
)


def stored(record: AttemptRecord) -> StoredAttempt:
    return StoredAttempt(**dict(zip(COLUMNS, row_of(record, 0.0), strict=True)))


NAMES = "", GRANT.key_name, GRANT.team or "", GRANT.project or ""


def slot(resolution: int, start: int) -> Slot:
    return Slot(resolution, start, Course("default", *NAMES, "a", "m"))


FREE = AttemptOutcome.CACHED, AttemptOutcome.SHARED
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


def test_what_a_shared_answer_would_have_cost_is_summed_apart() -> None:
    records = [attempt_record(0, outcome=outcome) for outcome in FREE]
    counts = added_up(map(stored, records))[slot(60, 0)].counts
    assert (counts["cost_nanos"], counts["avoided_nanos"]) == (0, 2 * 3_500_000)


def test_a_passenger_of_an_attempt_that_failed_is_a_request_and_no_attempt() -> None:
    passenger = attempt_record(
        0, outcome=AttemptOutcome.FAILED, failure=FailureKind.TIMEOUT, usage=USED, price=PRICE
    )
    sums = added_up([stored(passenger)])[slot(60, 0)]
    counts = sums.counts
    found = [counts[name] for name in ("requests", "answered", "attempts", "failed", "cost_nanos")]
    assert (found, sums.failures) == ([1, 0, 0, 0, 0], {})


def test_every_attempt_is_in_its_minute_hour_and_day_by_traffic_caller_and_both() -> None:
    sums = added_up([stored(attempt_record(ended_seconds=90_061.0))])
    subjects = (Course("default", *NAMES, "a", "m"), Traffic("default", "a", "m"), Caller(*NAMES))
    starts = dict(zip(RESOLUTIONS, (90_060, 90_000, 86_400), strict=True))
    assert set(sums) == {
        Slot(resolution, start, subject)
        for resolution, start in starts.items()
        for subject in subjects
    }
    assert {type(slot.subject) for slot in sums} == set(TABLES)


def test_sums_that_were_stored_go_on() -> None:
    for place, sums in added_up(map(stored, [FAILED, attempt_record(2)])).items():
        row = fill(new_row(place), sums)
        assert slot_of(row, type(place.subject)) == place
        second = added_up([stored(attempt_record())])[place]
        second.merge(sums_of(row))
        whole = added_up(map(stored, [FAILED, attempt_record(2), attempt_record()]))[place]
        assert second.counts == whole.counts
        assert second.failures == whole.failures
        assert second.latency.counts == whole.latency.counts
