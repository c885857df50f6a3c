"""Query parameters of what is asked about usage."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.application.ports.usage_views import AttemptPlace, Dimension
from turnout.application.queries.attempts import WantedAttempts
from turnout.application.queries.usage import Asked, Measure, Moment
from turnout.domain.inference.failure import FailureKind
from turnout.interfaces.control.fields import Text

MOST_ROWS = 1_000
_AGO = re.compile(r"([1-9][0-9]{0,8})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_CURSOR = re.compile(r"([0-9]{1,19})-([0-9]{1,9})")
_LARGEST = 2**63 - 1


def _moment(value: Any) -> Any:
    """Read `30m`, `24h`, `7d` ago, or a moment with its time zone."""
    expected = "so long ago, like 30m, 24h or 7d, or a moment like 2026-01-31T12:00:00Z"
    if not isinstance(value, str):
        return value
    if ago := _AGO.fullmatch(value):
        try:
            return timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        except OverflowError:
            raise ValueError(expected) from None
    try:
        moment = datetime.fromisoformat(value)
        moment.timestamp()
    except (ValueError, OverflowError):
        raise ValueError(expected) from None
    if moment.tzinfo is None:
        raise ValueError(f"{expected}, with a time zone")
    return moment


def _cursor(text: str) -> str:
    found = _CURSOR.fullmatch(text)
    if found is None or int(found[1]) > _LARGEST:
        raise ValueError("`next` of an earlier answer")
    return text


When = Annotated[
    Moment,
    BeforeValidator(_moment, json_schema_input_type=str),
    Field(examples=["24h", "2026-01-31T12:00:00Z"]),
]
Cursor = Annotated[str, AfterValidator(_cursor)]


class Narrowed(BaseModel):
    """Of which time and of what; a key is told by its name or its id."""

    model_config = ConfigDict(extra="forbid")

    since: When = timedelta(days=1)
    until: When | None = None
    provider: Text | None = None
    model: Text | None = None
    route: Text | None = None
    key: Text | None = None
    team: Text | None = None
    project: Text | None = None

    def names(self) -> Mapping[Dimension, str]:
        """Return what it is narrowed to."""
        names = {dimension: getattr(self, dimension.value) for dimension in Dimension}
        return {dimension: name for dimension, name in names.items() if name is not None}


class UsageBy(Narrowed):
    """Told apart by something, or all together."""

    by: Dimension | None = None

    def asked(self) -> Asked:
        """Return the question."""
        return Asked(self.since, self.until, self.names())


class UsageTop(Narrowed):
    """The first by a measure."""

    by: Dimension = Dimension.MODEL
    measure: Measure = Measure.COST
    limit: Annotated[int, Field(ge=1, le=100)] = 10

    def asked(self) -> Asked:
        """Return the question."""
        return Asked(self.since, self.until, self.names())


class AttemptsExported(Narrowed):
    """Which attempts."""

    outcome: AttemptOutcome | None = None
    failure: FailureKind | None = None
    status: Annotated[int, Field(ge=100, le=599)] | None = None

    def wanted(self) -> WantedAttempts:
        """Return the question."""
        return WantedAttempts(
            self.since, self.until, self.names(), self.outcome, self.failure, self.status
        )


class AttemptsWanted(AttemptsExported):
    """Which attempts: the newest, or those behind `before`, the `next` of an earlier answer."""

    before: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 100

    def place(self) -> AttemptPlace | None:
        """Return behind which attempt the answer begins."""
        if self.before is None:
            return None
        batch, _, position = self.before.partition("-")
        return AttemptPlace(int(batch), int(position))
