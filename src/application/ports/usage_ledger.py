"""Where every attempt is written down."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from turnout.domain.catalog.price import Price
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.failure import FailureKind
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.ids import DeploymentId, RequestId
from turnout.domain.shared.money import nanos


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


_WITHOUT_ATTEMPT = frozenset({AttemptOutcome.CACHED, AttemptOutcome.SHARED})
"""Answers that took no attempt of their own."""


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
    _worth: int | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def worth_nanos(self) -> int | None:
        """What its tokens cost at its price, in billionths of a dollar; None where that is unknown.

        Several ask, and decimals are slow: it is found once.
        """
        if self._worth is None and self.price is not None and self.usage is not None:
            self._worth = nanos(self.price.cost(self.usage))
        return self._worth

    @property
    def cost_nanos(self) -> int | None:
        """What was spent, in billionths of a dollar: 0 where nothing was asked of a provider.

        None where that is unknown. What ended without an answer and told no tokens cost nothing
        that is known.
        """
        if self.number == 0:
            return 0
        if self.usage is None:
            return None if self.outcome is AttemptOutcome.COMPLETED else 0
        return self.worth_nanos

    @property
    def avoided_nanos(self) -> int | None:
        """What an answer without an attempt of its own would have cost, in billionths of a dollar.

        None where that is unknown, 0 of everything else.
        """
        return self.worth_nanos if self.outcome in _WITHOUT_ATTEMPT else 0


class UsageLedger(Protocol):
    """Takes records and never blocks or raises."""

    def put(self, record: AttemptRecord) -> None:
        """Take `record`; when full, count it as lost."""
        ...
