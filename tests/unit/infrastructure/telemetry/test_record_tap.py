"""The tap keeps what the ledger gets."""

from tests.support.attempts import attempt_record
from tests.support.requests import request_record

from turnout.infrastructure.telemetry.recent_attempts import RecentAttempts
from turnout.infrastructure.telemetry.record_tap import Record, RecordTap


def test_records_are_kept_and_handed_on() -> None:
    ledger = RecentAttempts()
    tap = RecordTap(ledger)
    tap.open()
    records: list[Record] = [attempt_record(1), request_record(), attempt_record(2)]
    for record in records:
        tap.put(record)
    assert ledger.latest() == (records[0], records[2])
    assert tap.take(2) == records[:2]
    assert tap.take(10) == records[2:]
    assert len(tap) == 0


def test_nothing_is_kept_for_nobody() -> None:
    tap = RecordTap(RecentAttempts())
    tap.put(attempt_record())
    assert len(tap) == 0


def test_the_oldest_make_room() -> None:
    tap = RecordTap(RecentAttempts(), capacity=2)
    tap.open()
    for number in range(3):
        tap.put(attempt_record(number))
    assert [record.number for record in tap.take(9) if hasattr(record, "number")] == [1, 2]
