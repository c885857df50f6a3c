"""What is written down of an attempt: exactly once, also when the caller hangs up."""

from dataclasses import dataclass

from turnout.application.ports.system import Clock
from turnout.application.ports.usage_ledger import AttemptOutcome, AttemptRecord, UsageLedger
from turnout.application.relay.attempt import Attempt
from turnout.application.relay.health_board import HealthBoard
from turnout.domain.shared.ids import RequestId


@dataclass(frozen=True, slots=True)
class RequestTag:
    """Whose request it is, and by which name it came."""

    id: RequestId
    route: str
    key_name: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """Tells health and ledger how an attempt ended."""

    clock: Clock
    health: HealthBoard
    ledger: UsageLedger

    def settle(self, tag: RequestTag, attempt: Attempt) -> None:
        """Write `attempt` down; a second call does nothing."""
        if attempt.settled:
            return
        attempt.settled = True
        now = self.clock.monotonic_seconds()
        seconds = now - attempt.started_seconds
        first = attempt.first_token_seconds
        failure = attempt.failure
        latency = seconds if first is None else first - attempt.started_seconds
        record = self.health.of(attempt.target.id)
        if failure is not None:
            record.failed(failure, now, latency)
        elif attempt.outcome is AttemptOutcome.COMPLETED:
            record.succeeded(now, latency)
        else:
            record.release_probe(now)
        self.health.note(record)
        self.ledger.put(
            AttemptRecord(
                request=tag.id,
                route=tag.route,
                key_name=tag.key_name,
                deployment=attempt.deployment.id,
                number=attempt.number,
                outcome=attempt.outcome,
                failure=None if failure is None else failure.kind,
                status=None if failure is None else failure.status,
                seconds=seconds,
                first_token_seconds=None if first is None else first - attempt.started_seconds,
                usage=attempt.usage,
            )
        )
