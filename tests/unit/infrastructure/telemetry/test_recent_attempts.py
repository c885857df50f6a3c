from turnout.application.ports.usage_ledger import AttemptOutcome, AttemptRecord
from turnout.domain.shared.ids import DeploymentId, RequestId
from turnout.infrastructure.telemetry.recent_attempts import RecentAttempts


def record(number: int) -> AttemptRecord:
    return AttemptRecord(
        request=RequestId("r"),
        route="default",
        key_name="k",
        deployment=DeploymentId("a/m"),
        number=number,
        outcome=AttemptOutcome.COMPLETED,
        failure=None,
        status=None,
        seconds=1.0,
        first_token_seconds=None,
        usage=None,
    )


def test_the_latest_are_kept_and_the_oldest_make_room() -> None:
    attempts = RecentAttempts(capacity=2)
    for number in (1, 2, 3):
        attempts.put(record(number))
    assert [kept.number for kept in attempts.latest()] == [2, 3]
