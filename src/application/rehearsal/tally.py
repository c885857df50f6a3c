"""What a rehearsal comes to: counted request by request, and summed up in the end."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.failure import FailureKind
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.sketch import Sketch

SHARES = (0.5, 0.95, 0.99)
"""The percentiles that are told."""
_HOUR_SECONDS = 3_600.0


@dataclass(slots=True)
class DeploymentTally:
    """What one deployment was asked, gave and would bill."""

    deployment: Deployment
    attempts: int = 0
    answered: int = 0
    failures: Counter[FailureKind] = field(default_factory=Counter)
    input_tokens: int = 0
    output_tokens: int = 0
    circuit_openings: int = 0

    @property
    def dollars(self) -> Decimal | None:
        """What its tokens cost, None where the price is not known."""
        price = self.deployment.price
        if price is None:
            return None
        return price.cost(TokenUsage(self.input_tokens, self.output_tokens))


@dataclass(frozen=True, slots=True)
class HourTally:
    """The requests that came within one hour, counted from midnight."""

    hour: int
    requests: int
    answered: int


class Tally:
    """Counts as the rehearsal goes on. Seconds are as the caller sees them, retries included."""

    def __init__(self, deployments: Iterable[Deployment]) -> None:
        self.deployments = {each.id: DeploymentTally(each) for each in deployments}
        self.requests = 0
        self.answered = 0
        self.broken = 0
        self.refusals: Counter[str] = Counter()
        self.attempts: Counter[int] = Counter()
        self.first_token_seconds = Sketch()
        self.seconds = Sketch()
        self._came: Counter[int] = Counter()
        self._served: Counter[int] = Counter()

    def came(self, at_seconds: float) -> None:
        """A request came."""
        self.requests += 1
        self._came[int(at_seconds // _HOUR_SECONDS)] += 1

    def begun(self, seconds: float) -> None:
        """An answer's first token has reached the caller, after so many seconds."""
        self.first_token_seconds.add(seconds)

    def was_answered(self, came_seconds: float, now_seconds: float, attempts: int) -> None:
        """The caller has the whole answer."""
        self.answered += 1
        self._served[int(came_seconds // _HOUR_SECONDS)] += 1
        self.seconds.add(now_seconds - came_seconds)
        self.attempts[attempts] += 1

    def was_broken(self, attempts: int) -> None:
        """An answer began and never ended; the caller was told so."""
        self.broken += 1
        self.attempts[attempts] += 1

    def was_refused(self, why: str, attempts: int) -> None:
        """The caller was told an error: the kind of the last failure, or another word."""
        self.refusals[why] += 1
        self.attempts[attempts] += 1

    @property
    def availability(self) -> float:
        """The share of requests that were answered whole."""
        return self.answered / self.requests if self.requests else 0.0

    @property
    def attempts_per_request(self) -> float:
        """How many tries a request took on average."""
        total = sum(number * times for number, times in self.attempts.items())
        return total / self.requests if self.requests else 0.0

    @property
    def dollars(self) -> Decimal | None:
        """What all tokens cost, None where some deployment's price is not known."""
        costs = [each.dollars for each in self.deployments.values()]
        known = [cost for cost in costs if cost is not None]
        return sum(known, Decimal(0)) if len(known) == len(costs) else None

    @property
    def hours(self) -> tuple[HourTally, ...]:
        """Every hour in which requests came, in order."""
        return tuple(
            HourTally(hour, self._came[hour], self._served[hour]) for hour in sorted(self._came)
        )


def percentiles(of: Sketch) -> Mapping[str, float | None]:
    """Return the percentiles that are told, by name (`p50`)."""
    return {f"p{share * 100:g}": of.percentile(share) for share in SHARES}
