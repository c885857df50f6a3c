"""Read ports on the ledger: its sums, and its attempts one by one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.domain.inference.failure import FailureKind
from turnout.domain.shared.sketch import Sketch


class Dimension(StrEnum):
    """What the ledger's sums can be told apart by."""

    PROVIDER = "provider"
    MODEL = "model"
    ROUTE = "route"
    KEY = "key"
    TEAM = "team"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` to before `until`, seconds since 1970, in steps of `resolution` seconds."""

    since: int
    until: int
    resolution: int


@dataclass(frozen=True, slots=True)
class UsageQuestion:
    """Which sums: of a span, `narrowed` to names, told apart by a dimension and by step of time.

    A key's name is its name or its id.
    """

    span: Span
    narrowed: Mapping[Dimension, str] = field(default_factory=dict)
    by: Dimension | None = None
    in_steps: bool = False


@dataclass(frozen=True, slots=True)
class UsageTotals:
    """Sums of one name (None: of all) in one step (None: in all of the span).

    `counts` are by column of `ledger_rollup`; the sketches are of seconds.
    """

    name: str | None
    start: int | None
    counts: Mapping[str, int]
    failures: Mapping[str, int]
    latency: Sketch
    first_token: Sketch


class UsageView(Protocol):
    """Reads the ledger's sums."""

    async def totals(self, question: UsageQuestion) -> list[UsageTotals]:
        """Return them by name and step; nothing for those without any record."""
        ...


class AttemptPlace(NamedTuple):
    """Where an attempt is in the ledger; the newest has the greatest."""

    batch: int
    position: int


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt as the ledger has it, or a request that took none (number 0).

    `at` is when it ended, in seconds since 1970. `key` is the key's name.
    """

    place: AttemptPlace
    at: float
    request: str
    number: int
    route: str
    key_id: str | None
    key: str
    team: str | None
    project: str | None
    provider: str
    model: str
    account: int
    outcome: AttemptOutcome
    failure: FailureKind | None
    status: int | None
    seconds: float
    first_token_seconds: float | None
    tokens: Mapping[str, int] | None
    cost_nanos: int | None
    avoided_nanos: int | None


@dataclass(frozen=True, slots=True)
class AttemptFilter:
    """Which attempts; None is all of them."""

    since: float
    until: float | None = None
    narrowed: Mapping[Dimension, str] = field(default_factory=dict)
    outcome: AttemptOutcome | None = None
    failure: FailureKind | None = None
    status: int | None = None


class AttemptView(Protocol):
    """Reads attempts."""

    async def page(
        self, wanted: AttemptFilter, before: AttemptPlace | None, limit: int
    ) -> list[AttemptRow]:
        """Return the newest of those that are `wanted`, newest first, or those behind `before`."""
        ...

    async def of_request(self, request: str) -> list[AttemptRow]:
        """Return the request's attempts, in their order."""
        ...
