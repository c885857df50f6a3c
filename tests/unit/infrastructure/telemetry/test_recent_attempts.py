from tests.support.attempts import attempt_record

from turnout.infrastructure.telemetry.recent_attempts import RecentAttempts


def test_the_latest_are_kept_and_the_oldest_make_room() -> None:
    attempts = RecentAttempts(capacity=2)
    for number in (1, 2, 3):
        attempts.put(attempt_record(number))
    assert [kept.number for kept in attempts.latest()] == [2, 3]
