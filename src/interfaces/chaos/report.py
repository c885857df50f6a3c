"""What a scenario's run has come to, for tables and for JSON."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from turnout.interfaces.chaos.checks import Check, dishonest_examples
from turnout.interfaces.chaos.evidence import Evidence, Seen
from turnout.interfaces.chaos.metrics import answered_by, percentile
from turnout.interfaces.chaos.outcome import Outcome
from turnout.interfaces.chaos.scenario import Scenario

_PERCENTILES = ("p50", "p95", "most")


class Report(Struct, frozen=True, kw_only=True):
    """One scenario. `missing` are features it needs that the gateway lacks: then it was not run.

    `notes` tell people what was not as the scenario says.
    """

    scenario: str
    description: str
    missing: Sequence[str] = ()
    notes: Sequence[str] = ()
    requests: int = 0
    ran_seconds: float = 0.0
    endings: dict[str, int] = {}
    answered_by: dict[str, int] = {}
    attempts: int = 0
    seconds: dict[str, float] = {}
    first_token_seconds: dict[str, float] = {}
    upstream: dict[str, Seen] = {}
    checks: Sequence[Check] = ()
    examples: Sequence[Outcome] = ()

    @property
    def misses(self) -> list[Check]:
        """What did not hold."""
        return [check for check in self.checks if check.held is False]

    @property
    def is_good(self) -> bool:
        """Whether nothing was missed."""
        return not self.misses


def report_of(
    scenario: Scenario, evidence: Evidence, checks: Sequence[Check], ran_seconds: float
) -> Report:
    """The report of a scenario that was run."""
    outcomes = list(evidence.outcomes)
    first = [one.first_token_seconds for one in outcomes if one.first_token_seconds is not None]
    return Report(
        scenario=scenario.name,
        description=scenario.description,
        requests=len(outcomes),
        ran_seconds=round(ran_seconds, 3),
        endings=dict(Counter(outcome.ending.value for outcome in outcomes)),
        answered_by=answered_by(outcomes),
        attempts=sum(outcome.attempts for outcome in outcomes),
        seconds=_spread([outcome.seconds for outcome in outcomes]),
        first_token_seconds=_spread(first),
        upstream=evidence.seen,
        checks=checks,
        examples=dishonest_examples(outcomes),
    )


def report_of_missing(scenario: Scenario, missing: Sequence[str]) -> Report:
    """The report of a scenario that this gateway cannot be held to."""
    return Report(scenario=scenario.name, description=scenario.description, missing=missing)


def _spread(values: list[float]) -> dict[str, float]:
    return {share: round(percentile(values, share), 4) for share in _PERCENTILES if values}
