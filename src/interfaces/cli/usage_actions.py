"""What the commands on usage do, as callables that the composition root gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.application.queries.usage import Told
from turnout.domain.inference.failure import FailureKind
from turnout.interfaces.cli.where import ControlPlane

Question = Mapping[str, str]
"""Query parameters, as docs/api.md has them."""


@dataclass(frozen=True, slots=True)
class ShownAttempt:
    """One attempt, as the control plane tells it; costs are dollars."""

    request: str
    number: int
    started_at: float
    ended_at: float
    seconds: float
    first_token_seconds: float | None
    route: str
    key: str
    key_id: str | None
    team: str | None
    project: str | None
    provider: str
    model: str
    account: int
    outcome: AttemptOutcome
    failure: FailureKind | None
    status: int | None
    tokens: dict[str, int] | None
    cost: Decimal | None
    avoided_cost: Decimal | None


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """A request by its attempts, in their order."""

    request: str
    began_at: float
    ended_at: float
    seconds: float
    attempts: list[ShownAttempt]


@dataclass(frozen=True, slots=True)
class UsageActions:
    """Each asks a running gateway, and raises NoAnswer."""

    summary: Callable[[ControlPlane, Question], Told]
    top: Callable[[ControlPlane, Question], Told]
    series_csv: Callable[[ControlPlane, Question], str]
    attempts: Callable[[ControlPlane, Question], list[ShownAttempt]]
    request: Callable[[ControlPlane, str], ShownRequest]
