"""Where every attempt is written down."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from turnout.domain.catalog.price import Price
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.failure import FailureKind
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.ids import DeploymentId, RequestId


class AttemptOutcome(StrEnum):
    """How an attempt ended; `abandoned` means that the caller hung up, `hedged` that another
    attempt at the same request answered first.

    Three outcomes are of requests that took no attempt, and cost nothing: `cached` had an earlier
    answer, `shared` had that of another request's attempt, `shed` had none, as all were full.
    """

    COMPLETED = "completed"
    FAILED = "failed"
    ABANDONED = "abandoned"
    HEDGED = "hedged"
    CACHED = "cached"
    SHARED = "shared"
    SHED = "shed"


@dataclass(slots=True)
class AttemptRecord:
    """One attempt, settled. `ended_seconds` is a moment of the monotonic clock, others durations.

    `number` counts a request's attempts from 1. A request without an attempt of its own has one
    record, of number 0; its `usage` is what its answer would have used, and its deployment the one
    whose answer that was, or that was its first choice. `deployment` names the credential too;
    `price` is None when unknown. Not frozen: making one would cost three times as much.
    """

    request: RequestId
    route: str
    grant: Grant
    deployment: DeploymentId
    provider: str
    model: str
    price: Price | None
    number: int
    outcome: AttemptOutcome
    failure: FailureKind | None
    status: int | None
    ended_seconds: float
    seconds: float
    first_token_seconds: float | None
    usage: TokenUsage | None


class UsageLedger(Protocol):
    """Takes records and never blocks or raises."""

    def put(self, record: AttemptRecord) -> None:
        """Take `record`; when full, count it as lost."""
        ...
