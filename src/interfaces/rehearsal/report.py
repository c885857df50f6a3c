"""What a rehearsal has come to, for tables and for JSON."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from turnout.application.rehearsal.tally import DeploymentTally, Tally, percentiles
from turnout.domain.shared.sketch import RELATIVE_ERROR

Percentiles = Mapping[str, float | None]
_WORST_HOURS = 3


class DeploymentShare(Struct, frozen=True, kw_only=True):
    """One deployment: `share` is that of the answered requests; dollars are exact, as text."""

    deployment: str
    attempts: int
    answered: int
    share: float
    failures: dict[str, int]
    circuit_openings: int
    input_tokens: int
    output_tokens: int
    dollars: str | None


class Hour(Struct, frozen=True, kw_only=True):
    """The requests that came within an hour, counted from midnight."""

    hour: int
    requests: int
    availability: float


class Run(Struct, frozen=True, kw_only=True):
    """One run of all requests under some policies.

    `broken` answers began and ended with an error; `refusals` are by the failure that callers were
    told. Seconds are those of callers, retries included; those of `seconds` are of answered
    requests, those of `first_token_seconds` of streams that began. `ran_seconds` is real time.
    """

    policies: str
    requests: int
    answered: int
    broken: int
    refusals: dict[str, int]
    availability: float
    attempts_per_request: float
    attempts: dict[str, int]
    first_token_seconds: Percentiles
    seconds: Percentiles
    dollars: str | None
    deployments: Sequence[DeploymentShare]
    hours: Sequence[Hour]
    ran_seconds: float

    @property
    def worst_hours(self) -> list[Hour]:
        """The hours in which fewest requests were answered, worst first, if any failed at all."""
        bad = [hour for hour in self.hours if hour.availability < 1]
        return sorted(bad, key=lambda hour: hour.availability)[:_WORST_HOURS]


class RehearsalReport(Struct, frozen=True, kw_only=True):
    """A rehearsal: `run` as configured, and smaller runs under each policy that is `compared`."""

    scenario: str
    description: str
    seed: int
    day: bool
    run: Run
    compared: Sequence[Run]
    relative_error: float = RELATIVE_ERROR
    """How far a percentile may be off, as a share of it."""


def run_of(policies: str, tally: Tally, ran_seconds: float) -> Run:
    """Return what was counted, as a report tells it."""
    return Run(
        policies=policies,
        requests=tally.requests,
        answered=tally.answered,
        broken=tally.broken,
        refusals=dict(tally.refusals.most_common()),
        availability=tally.availability,
        attempts_per_request=tally.attempts_per_request,
        attempts={str(number): tally.attempts[number] for number in sorted(tally.attempts)},
        first_token_seconds=percentiles(tally.first_token_seconds),
        seconds=percentiles(tally.seconds),
        dollars=None if tally.dollars is None else str(tally.dollars),
        deployments=[_share(each, tally) for each in tally.deployments.values()],
        hours=[
            Hour(hour=one.hour, requests=one.requests, availability=one.answered / one.requests)
            for one in tally.hours
        ],
        ran_seconds=round(ran_seconds, 2),
    )


def _share(one: DeploymentTally, tally: Tally) -> DeploymentShare:
    return DeploymentShare(
        deployment=str(one.deployment.id),
        attempts=one.attempts,
        answered=one.answered,
        share=one.answered / tally.answered if tally.answered else 0.0,
        failures={kind.value: count for kind, count in one.failures.most_common()},
        circuit_openings=one.circuit_openings,
        input_tokens=one.input_tokens,
        output_tokens=one.output_tokens,
        dollars=None if one.dollars is None else str(one.dollars),
    )
