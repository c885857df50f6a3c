"""What is written down of an attempt: exactly once, also when the caller hangs up."""

from dataclasses import dataclass, field

from turnout.application.ports.system import Clock
from turnout.application.ports.usage_ledger import AttemptOutcome, AttemptRecord, UsageLedger
from turnout.application.relay.attempt import Attempt
from turnout.application.relay.budget_book import BudgetBook
from turnout.application.relay.health_board import HealthBoard
from turnout.application.relay.load_board import LoadBoard
from turnout.application.relay.traffic import Traffic
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.metering import Meter
from turnout.domain.routing.route_plan import PlannedTarget
from turnout.domain.shared.ids import RequestId


@dataclass(slots=True)
class RequestTag:
    """Whose request it is, and by which name it came."""

    id: RequestId
    route: str
    grant: Grant
    meter: Meter | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """Tells health, traffic, load and ledger how an attempt ended."""

    clock: Clock
    health: HealthBoard
    ledger: UsageLedger
    traffic: Traffic
    loads: LoadBoard = field(default_factory=LoadBoard)
    budgets: BudgetBook | None = None

    def begun(self, attempt: Attempt, now: float) -> None:
        """The first token of a streamed answer is there."""
        self.traffic.begun(attempt, now)
        load = self.loads.of(attempt.target.id)
        load.commit(now - attempt.started_seconds, now)
        if attempt.headroom is not None:
            load.hear(attempt.headroom, now)

    def settle(self, tag: RequestTag, attempt: Attempt) -> None:
        """Write `attempt` down; a second call does nothing."""
        if attempt.settled:
            return
        attempt.settled = True
        now = self.clock.monotonic_seconds()
        self._learn(attempt, now)
        record = _record_of(tag, attempt, now)
        self._charge(tag, record)
        self.ledger.put(record)

    def never_tried(
        self, tag: RequestTag, target: PlannedTarget, began_seconds: float, outcome: AttemptOutcome
    ) -> None:
        """Write down a request that was in line until it left or was turned away."""
        attempt = Attempt(target, 0, began_seconds, outcome=outcome)
        self.ledger.put(_record_of(tag, attempt, self.clock.monotonic_seconds()))

    def _charge(self, tag: RequestTag, record: AttemptRecord) -> None:
        """Count what was used against limits and budgets."""
        if tag.meter is not None:
            tag.meter.used(record.usage)
        if self.budgets is None or self.budgets.is_empty:
            return
        worth = record.worth_nanos
        if worth is not None:
            self.budgets.charge(tag.grant, tag.route, record.provider, worth)

    def _learn(self, attempt: Attempt, now: float) -> None:
        """Tell health, traffic and load."""
        seconds = now - attempt.started_seconds
        first, failure = attempt.first_token_seconds, attempt.failure
        latency = seconds if first is None else first - attempt.started_seconds
        record = self.health.of(attempt.target.id)
        load = self.loads.of(attempt.target.id)
        if failure is not None:
            record.failed(failure, now, latency)
            load.fail(failure, now)
            self.traffic.failed(attempt, failure.kind, now)
        elif attempt.outcome is AttemptOutcome.COMPLETED:
            record.succeeded(now, latency)
            load.complete(seconds, now, streamed=first is not None)
            if first is None and attempt.headroom is not None:
                load.hear(attempt.headroom, now)
            self.traffic.completed(attempt, now)
        else:
            record.release_probe(now)
            load.abandon(seconds, now, began=first is not None)
            if attempt.outcome is AttemptOutcome.HEDGED:
                self.traffic.outrun(attempt, now)
        self.traffic.ended(attempt, now)
        self.health.note(record)


def _record_of(tag: RequestTag, attempt: Attempt, now: float) -> AttemptRecord:
    first, failure = attempt.first_token_seconds, attempt.failure
    return AttemptRecord(
        request=tag.id,
        route=tag.route,
        grant=tag.grant,
        deployment=attempt.target.id,
        provider=attempt.deployment.provider,
        model=attempt.deployment.model,
        price=attempt.deployment.price,
        number=attempt.number,
        outcome=attempt.outcome,
        failure=None if failure is None else failure.kind,
        status=None if failure is None else failure.status,
        ended_seconds=now,
        seconds=now - attempt.started_seconds,
        first_token_seconds=None if first is None else first - attempt.started_seconds,
        usage=attempt.usage,
    )
